package io.nanogpt.impl.ngram;

import io.nanogpt.spi.Decoder;

/** Decodes with a counted model: the logits are logarithms of probabilities. Its state has a fixed size. */
public final class NgramDecoder implements Decoder {
    private final NgramModel.Context context;
    private final double[] probabilities;
    private int length;

    /** Creates a decoder without tokens. */
    public NgramDecoder(NgramModel model) {
        context = model.new Context();
        probabilities = new double[model.vocabulary()];
    }

    @Override
    public int contextLength() {
        return Integer.MAX_VALUE;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void reset() {
        context.reset();
        length = 0;
    }

    @Override
    public void feed(int[] tokens, int from, int count, float[] logits) {
        for (int i = from; i < from + count; i++) {
            context.append(tokens[i]);
        }
        length += count;
        context.distribution(probabilities);
        for (int token = 0; token < probabilities.length; token++) {
            logits[token] = (float) StrictMath.log(probabilities[token]);
        }
    }

    @Override
    public void close() {
        // Its memory is the heap's.
    }
}
