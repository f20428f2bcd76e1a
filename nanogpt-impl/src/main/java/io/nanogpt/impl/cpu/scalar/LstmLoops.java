package io.nanogpt.impl.cpu.scalar;

/** The LSTM cell and its gradient. Public for the remainders of the vector loops. */
public final class LstmLoops {
    private LstmLoops() {}

    /** Elements {@code from} to {@code to - 1} of a step. */
    public static void lstmCell(
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
        for (int i = from; i < to; i++) {
            float input = ScalarMath.sigmoid(gates[gatesOffset + i]);
            float forget = ScalarMath.sigmoid(gates[gatesOffset + n + i]);
            float candidate = ScalarMath.tanh(gates[gatesOffset + 2 * n + i]);
            float output = ScalarMath.sigmoid(gates[gatesOffset + 3 * n + i]);
            float c = ScalarMath.fma(forget, before[beforeOffset + i], input * candidate);
            gates[gatesOffset + i] = input;
            gates[gatesOffset + n + i] = forget;
            gates[gatesOffset + 2 * n + i] = candidate;
            gates[gatesOffset + 3 * n + i] = output;
            cell[cellOffset + i] = c;
            hidden[hiddenOffset + i] = output * ScalarMath.tanh(c);
        }
    }

    /** Elements {@code from} to {@code to - 1} of a step's gradient. */
    public static void lstmCellGradient(
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
        for (int i = from; i < to; i++) {
            float input = gates[gatesOffset + i];
            float forget = gates[gatesOffset + n + i];
            float candidate = gates[gatesOffset + 2 * n + i];
            float output = gates[gatesOffset + 3 * n + i];
            float t = ScalarMath.tanh(cell[cellOffset + i]);
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
