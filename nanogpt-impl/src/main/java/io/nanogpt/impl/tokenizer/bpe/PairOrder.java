package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.pretokenize.Utf8;
import io.nanogpt.tokenizer.ByteLevelBpeConfig.TieRule;
import java.util.Arrays;
import java.util.List;

/** The order of equally frequent pairs. */
abstract class PairOrder {
    /** The order of a tie rule, with the existing tokens registered. */
    static PairOrder of(TieRule rule, int vocabularySize, List<byte[]> tokens) {
        PairOrder order = rule == TieRule.CS336 ? new GreaterBytes(vocabularySize) : new LowerIds();
        for (int id = 0; id < tokens.size(); id++) {
            order.enter(id, tokens.get(id));
        }
        return order;
    }

    /** Registers a token. */
    abstract void enter(int id, byte[] token);

    /** Whether the first pair comes before the other. */
    abstract boolean isBefore(int left, int right, int otherLeft, int otherRight);

    private static final class LowerIds extends PairOrder {
        @Override
        void enter(int id, byte[] token) {
            // Ids suffice.
        }

        @Override
        boolean isBefore(int left, int right, int otherLeft, int otherRight) {
            return left != otherLeft ? left < otherLeft : right < otherRight;
        }
    }

    private static final class GreaterBytes extends PairOrder {
        private final byte[][] tokens;
        /** The first eight bytes of each token, big-endian, which nearly always decide. */
        private final long[] heads;

        GreaterBytes(int vocabularySize) {
            tokens = new byte[vocabularySize][];
            heads = new long[vocabularySize];
        }

        @Override
        void enter(int id, byte[] token) {
            tokens[id] = token;
            heads[id] = Long.reverseBytes((long)
                    Utf8.LONG.get(Arrays.copyOf(token, Math.max(Long.BYTES, token.length)), 0));
        }

        @Override
        boolean isBefore(int left, int right, int otherLeft, int otherRight) {
            int order = left == otherLeft ? 0 : compare(left, otherLeft);
            return (order == 0 ? compare(right, otherRight) : order) > 0;
        }

        private int compare(int id, int other) {
            int order = Long.compareUnsigned(heads[id], heads[other]);
            return order == 0 ? Arrays.compareUnsigned(tokens[id], tokens[other]) : order;
        }
    }
}
