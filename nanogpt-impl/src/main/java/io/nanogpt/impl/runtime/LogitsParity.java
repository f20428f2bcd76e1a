package io.nanogpt.impl.runtime;

import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.impl.random.RandomStream;
import io.nanogpt.spi.Decoder;

/** Compares the logits and the speed of two decoders of one model. */
final class LogitsParity {
    /** The tolerance for equal logits, relative to the largest logit. */
    static final double LARGEST = 1e-4;

    private static final int PROMPT_TOKENS = 64;
    private static final long WARM_UP_NANOS = 50_000_000;
    private static final long TIMED_NANOS = 100_000_000;

    private LogitsParity() {}

    /** The largest number of tokens to compare on. */
    static int promptLength(Decoder decoder) {
        return Math.min(PROMPT_TOKENS, decoder.contextLength());
    }

    /** Draws tokens from the model's own distribution by the Gumbel-max trick. */
    static int[] drawPrompt(Decoder decoder, int vocabularySize, int drawable) {
        int[] tokens = new int[promptLength(decoder)];
        float[] logits = new float[vocabularySize];
        long key = RandomStream.DECODER_COMPARISON.key(0);
        decoder.reset();
        for (int i = 0; i < tokens.length - 1; i++) {
            decoder.feed(tokens, i, 1, logits);
            double best = Double.NEGATIVE_INFINITY;
            for (int id = 0; id < drawable; id++) {
                double uniform = CounterRandom.uniform(key, (long) i * drawable + id);
                double perturbed = logits[id] - Math.log(-Math.log(uniform));
                if (perturbed > best) {
                    best = perturbed;
                    tokens[i + 1] = id;
                }
            }
        }
        return tokens;
    }

    /**
     * Returns the largest difference between the logits relative to the largest logit: after the first half of the
     * tokens at once, then after each of the others. NaN if a logit is NaN.
     */
    static double difference(Decoder expected, Decoder actual, int[] tokens, int vocabularySize) {
        float[] logits = new float[vocabularySize];
        float[] others = new float[vocabularySize];
        double largest = 0;
        double difference = 0;
        expected.reset();
        actual.reset();
        int from = 0;
        int count = (tokens.length + 1) / 2;
        while (from < tokens.length) {
            expected.feed(tokens, from, count, logits);
            actual.feed(tokens, from, count, others);
            for (int id = 0; id < vocabularySize; id++) {
                largest = Math.max(largest, Math.abs(logits[id]));
                difference = Math.max(difference, Math.abs(logits[id] - (double) others[id]));
            }
            from += count;
            count = 1;
        }
        return difference == 0 ? 0 : difference / largest;
    }

    /** Returns the tokens per second when decoding one token at a time. */
    static double tokensPerSecond(Decoder decoder, int[] tokens, int vocabularySize) {
        float[] logits = new float[vocabularySize];
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < WARM_UP_NANOS) {
            decode(decoder, tokens, logits);
        }
        long decoded = 0;
        begin = System.nanoTime();
        long nanos = 0;
        while (nanos < TIMED_NANOS) {
            decode(decoder, tokens, logits);
            decoded += tokens.length;
            nanos = System.nanoTime() - begin;
        }
        return decoded * 1e9 / nanos;
    }

    private static void decode(Decoder decoder, int[] tokens, float[] logits) {
        decoder.reset();
        for (int i = 0; i < tokens.length; i++) {
            decoder.feed(tokens, i, 1, logits);
        }
    }
}
