package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Graph;
import io.nanogpt.spi.Executable;
import java.nio.FloatBuffer;

/**
 * Computes the mean loss of a batch, one sequence after another in pieces, so that few logits are in memory at once.
 */
final class OnnxExecutable implements Executable {
    private static final int LARGEST_PIECE = 1 << 22;
    /** Of the decoder, for one sequence after another. */
    private static final int SLOT = 0;

    private final OnnxBatchDecoder decoder;
    private final int vocabularySize;
    private final int sequence;
    private final int[] tokens;
    private final int[] targets;
    private final FloatBuffer logits;
    private double loss;

    OnnxExecutable(OnnxBatchDecoder decoder, int vocabularySize, int batch, int sequence) {
        this.decoder = decoder;
        this.vocabularySize = vocabularySize;
        this.sequence = sequence;
        tokens = new int[batch * sequence];
        targets = new int[batch * sequence];
        logits = FloatBuffer.allocate(piece(vocabularySize, sequence) * vocabularySize);
    }

    @Override
    public void input(String name, int[] values) {
        int[] destination = switch (name) {
            case Graph.TOKENS -> tokens;
            case Graph.TARGETS -> targets;
            default -> throw new IllegalArgumentException("no input " + name);
        };
        System.arraycopy(values, 0, destination, 0, destination.length);
    }

    @Override
    public void run(long randomKey) {
        double sum = 0;
        for (int from = 0; from < tokens.length; from += sequence) {
            decoder.reset(SLOT);
            int piece = logits.capacity() / vocabularySize;
            for (int begin = 0; begin < sequence; begin += piece) {
                int count = Math.min(piece, sequence - begin);
                decoder.feedAll(SLOT, tokens, from + begin, count, logits.clear());
                for (int i = 0; i < count; i++) {
                    sum += crossEntropy(i * vocabularySize, targets[from + begin + i]);
                }
            }
        }
        loss = sum / tokens.length;
    }

    private double crossEntropy(int row, int target) {
        float[] values = logits.array();
        double largest = Double.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabularySize; id++) {
            largest = Math.max(largest, values[row + id]);
        }
        double sum = 0;
        for (int id = 0; id < vocabularySize; id++) {
            sum += Math.exp(values[row + id] - largest);
        }
        return largest + Math.log(sum) - values[row + target];
    }

    @Override
    public float scalar(String output) {
        if (!output.equals(Graph.LOSS)) {
            throw new IllegalArgumentException("no scalar output " + output + "; there is " + Graph.LOSS);
        }
        return (float) loss;
    }

    @Override
    public void read(String output, float[] destination) {
        throw new UnsupportedOperationException("a model loaded from ONNX computes only the loss, not " + output);
    }

    @Override
    public long bytes() {
        return bytes(vocabularySize, tokens.length / sequence, sequence);
    }

    @Override
    public void close() {
        decoder.close();
    }

    static long bytes(int vocabularySize, int batch, int sequence) {
        return (long) piece(vocabularySize, sequence) * vocabularySize * Float.BYTES
                + 2L * batch * sequence * Integer.BYTES;
    }

    /** The number of tokens whose logits are in memory at once. */
    private static int piece(int vocabularySize, int sequence) {
        return Math.max(1, Math.min(sequence, LARGEST_PIECE / vocabularySize));
    }
}
