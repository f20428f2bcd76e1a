package io.nanogpt.impl.cpu.scalar;

/**
 * The LSTM cell and its gradient, whose exponentials are computed block by block ({@link BlockMath}). Public for the remainders of
 * the vector loops.
 */
public final class LstmLoops {
    private static final int BLOCK = BlockMath.BLOCK;

    private final BlockMath math = new BlockMath();
    private final float[] values = new float[BLOCK];

    /** Buffers for one thread. */
    public LstmLoops() {}

    /** Elements {@code from} to {@code to - 1} of a step. */
    public void lstmCell(
            int from,
            int to,
            int n,
            float[] gates,
            int gatesOffset,
            float[] before,
            int beforeOffset,
            float[] cell,
            int cellOffset,
            float[] hidden,
            int hiddenOffset) {
        for (int begin = from; begin < to; begin += BLOCK) {
            int count = Math.min(BLOCK, to - begin);
            int input = gatesOffset + begin;
            int output = input + 3 * n;
            sigmoid(count, gates, input);
            sigmoid(count, gates, input + n);
            readTanh(count, gates, input + 2 * n);
            System.arraycopy(values, 0, gates, input + 2 * n, count);
            sigmoid(count, gates, output);
            cell(count, n, gates, input, before, beforeOffset + begin, cell, cellOffset + begin);
            readTanh(count, cell, cellOffset + begin);
            for (int i = 0; i < count; i++) {
                hidden[hiddenOffset + begin + i] = gates[output + i] * values[i];
            }
        }
    }

    private void sigmoid(int count, float[] x, int offset) {
        for (int i = 0; i < count; i++) {
            values[i] = -x[offset + i];
        }
        math.sigmoidOfOpposite(count, values);
        System.arraycopy(values, 0, x, offset, count);
    }

    private void readTanh(int count, float[] x, int offset) {
        System.arraycopy(x, offset, values, 0, count);
        math.tanh(count, values);
    }

    /** {@code cell = forget * before + input * candidate}, from activated gates that lie {@code n} apart. */
    private static void cell(
            int count,
            int n,
            float[] gates,
            int gatesOffset,
            float[] before,
            int beforeOffset,
            float[] cell,
            int cellOffset) {
        for (int i = 0; i < count; i++) {
            cell[cellOffset + i] = ScalarMath.fma(
                    gates[gatesOffset + n + i],
                    before[beforeOffset + i],
                    gates[gatesOffset + i] * gates[gatesOffset + 2 * n + i]);
        }
    }

    /** Elements {@code from} to {@code to - 1} of a step's gradient. */
    public void lstmCellGradient(
            int from,
            int to,
            int n,
            float[] dh,
            int dhOffset,
            float[] gates,
            int gatesOffset,
            float[] before,
            int beforeOffset,
            float[] cell,
            int cellOffset,
            float[] carried,
            int carriedOffset,
            float[] out,
            int outOffset) {
        for (int begin = from; begin < to; begin += BLOCK) {
            int count = Math.min(BLOCK, to - begin);
            readTanh(count, cell, cellOffset + begin);
            for (int k = 0; k < count; k++) {
                int i = begin + k;
                float input = gates[gatesOffset + i];
                float forget = gates[gatesOffset + n + i];
                float candidate = gates[gatesOffset + 2 * n + i];
                float output = gates[gatesOffset + 3 * n + i];
                float t = values[k];
                float dy = dh[dhOffset + i];
                float dc = ScalarMath.fma(dy * output, ScalarMath.fma(-t, t, 1f), carried[carriedOffset + i]);
                out[outOffset + i] = dc * candidate * input * (1f - input);
                out[outOffset + n + i] = dc * before[beforeOffset + i] * forget * (1f - forget);
                out[outOffset + 2 * n + i] = dc * input * ScalarMath.fma(-candidate, candidate, 1f);
                out[outOffset + 3 * n + i] = dy * t * output * (1f - output);
                carried[carriedOffset + i] = dc * forget;
            }
        }
    }
}
