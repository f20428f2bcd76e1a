package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.spi.Decoder;
import org.junit.jupiter.api.Test;

class LogitsParityTest {
    private static final int[] TOKENS = {1, 2, 3, 4, 5};

    @Test
    void theLargestDifferenceIsAShareOfTheLargestLogit() {
        assertThat(difference(new Scripted(-1, 0), new Scripted(-1, 0))).isZero();
        // Logits are 1, 2 and -4 times the tokens fed: the largest is 20.
        assertThat(difference(new Scripted(-1, 0), new Scripted(4, 0.5f))).isCloseTo(0.5 / 20, within(1e-7));
        assertThat(difference(new Scripted(3, -0.25f), new Scripted(-1, 0))).isCloseTo(0.25 / 20, within(1e-7));
    }

    @Test
    void aLogitThatIsNotANumberIsNotForgotten() {
        assertThat(difference(new Scripted(-1, 0), new Scripted(4, Float.NaN))).isNaN();
        assertThat(difference(new Scripted(3, Float.NaN), new Scripted(-1, 0))).isNaN();
    }

    private static double difference(Decoder expected, Decoder actual) {
        return LogitsParity.difference(expected, actual, TOKENS, 3);
    }

    /** Logits by the number of tokens fed; after {@code wrongAt} of them the second is off by {@code error}. */
    private static final class Scripted implements Decoder {
        private final int wrongAt;
        private final float error;
        private int length;

        Scripted(int wrongAt, float error) {
            this.wrongAt = wrongAt;
            this.error = error;
        }

        @Override
        public int contextLength() {
            return 8;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public void reset() {
            length = 0;
        }

        @Override
        public void feed(int[] tokens, int from, int count, float[] logits) {
            length += count;
            logits[0] = length;
            logits[1] = 2 * length + (length == wrongAt ? error : 0);
            logits[2] = -4 * length;
        }

        @Override
        public void close() {}
    }
}
