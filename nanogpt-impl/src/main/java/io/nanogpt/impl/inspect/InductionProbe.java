package io.nanogpt.impl.inspect;

import io.nanogpt.impl.graph.AttentionGraph;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.Executable;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** Sequences of random tokens, each repeated once, and the weight that heads give to what followed a token before. */
public final class InductionProbe {
    private static final int SEQUENCES = 4;
    private static final int LONGEST_HALF = 50;

    private final int[] ids;
    private final int half;

    private InductionProbe(int[] ids, int half) {
        this.ids = ids;
        this.half = half;
    }

    /** Whether a context is long enough to repeat two tokens. */
    public static boolean isPossible(Architecture architecture) {
        return architecture.contextLength() >= 4;
    }

    /**
     * Draws sequences.
     *
     * @throws UnsupportedOperationException if the context is too short to repeat two tokens
     */
    public static InductionProbe of(Architecture architecture, Tokenizer tokenizer, long seed) {
        int half = Math.min(architecture.contextLength() / 2, LONGEST_HALF);
        if (!isPossible(architecture)) {
            throw new UnsupportedOperationException("induction scores need a context of at least 4 tokens, but this"
                    + " model has one of " + architecture.contextLength());
        }
        Set<Integer> special = new HashSet<>(tokenizer.specialTokens().values());
        int bound = Math.min(architecture.vocabularySize(), tokenizer.vocabularySize());
        SplittableRandom random = new SplittableRandom(seed);
        int[] ids = new int[SEQUENCES * 2 * half];
        for (int sequence = 0; sequence < SEQUENCES; sequence++) {
            int start = sequence * 2 * half;
            for (int t = 0; t < half; t++) {
                int id = random.nextInt(bound);
                while (special.contains(id) && special.size() < bound) {
                    id = random.nextInt(bound);
                }
                ids[start + t] = id;
                ids[start + half + t] = id;
            }
        }
        return new InductionProbe(ids, half);
    }

    /** The sequences, row-major. */
    public int[] ids() {
        return ids;
    }

    /** The tokens of a sequence before they are repeated. */
    public int half() {
        return half;
    }

    /** The tokens of a sequence. */
    int length() {
        return 2 * half;
    }

    /** The score of each head of a layer. */
    float[] scores(Executable executable, int layer, int heads) {
        float[] weights = new float[Math.multiplyExact(ids.length, heads * length())];
        executable.read(AttentionGraph.output(layer), weights);
        float[] scores = new float[heads];
        for (int head = 0; head < heads; head++) {
            double sum = 0;
            for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                for (int t = 0; t < half; t++) {
                    int row = sequence * length() + half + t;
                    sum += weights[(row * heads + head) * length() + t + 1];
                }
            }
            scores[head] = (float) (sum / (SEQUENCES * half));
        }
        return scores;
    }
}
