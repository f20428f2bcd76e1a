package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/**
 * The LSTM cell and its gradient, as a sequence of short vector loops: in a single loop with all its exponentials C2
 * would box the vectors. {@code bound} is a multiple of the vector length.
 */
final class LstmLoops {
    private static final int L = S.length();

    private final io.nanogpt.impl.cpu.scalar.LstmLoops scalar = new io.nanogpt.impl.cpu.scalar.LstmLoops();

    /** As {@link io.nanogpt.impl.cpu.Kernels#lstmCell}. */
    void lstmCell(
            int n,
            float[] gates,
            int gatesOffset,
            float[] before,
            int beforeOffset,
            float[] cell,
            int cellOffset,
            float[] hidden,
            int hiddenOffset) {
        int bound = S.loopBound(n);
        for (int gate = 0; gate < 4; gate++) {
            int at = gatesOffset + gate * n;
            if (gate == 2) {
                tanh(bound, gates, at, gates, at);
            } else {
                sigmoid(bound, gates, at);
            }
        }
        cell(bound, n, gates, gatesOffset, before, beforeOffset, cell, cellOffset);
        tanh(bound, cell, cellOffset, hidden, hiddenOffset);
        ElementwiseLoops.product(bound, hidden, hiddenOffset, gates, gatesOffset + 3 * n, hidden, hiddenOffset);
        scalar.lstmCell(bound, n, n, gates, gatesOffset, before, beforeOffset, cell, cellOffset, hidden, hiddenOffset);
    }

    /** As {@link io.nanogpt.impl.cpu.Kernels#lstmCellGradient}. */
    void lstmCellGradient(
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
        int bound = S.loopBound(n);
        int input = gatesOffset;
        int forget = gatesOffset + n;
        int candidate = gatesOffset + 2 * n;
        int output = gatesOffset + 3 * n;
        int last = outOffset + 3 * n;
        tanh(bound, cell, cellOffset, out, last);
        cellGradient(bound, dh, dhOffset, gates, output, out, last, carried, carriedOffset);
        sigmoidGradient(bound, dh, dhOffset, out, last, gates, output, out, last);
        sigmoidGradient(bound, carried, carriedOffset, gates, candidate, gates, input, out, outOffset);
        sigmoidGradient(bound, carried, carriedOffset, before, beforeOffset, gates, forget, out, outOffset + n);
        tanhGradient(bound, carried, carriedOffset, gates, input, gates, candidate, out, outOffset + 2 * n);
        ElementwiseLoops.product(bound, carried, carriedOffset, gates, forget, carried, carriedOffset);
        scalar.lstmCellGradient(
                bound,
                n,
                n,
                dh,
                dhOffset,
                gates,
                gatesOffset,
                before,
                beforeOffset,
                cell,
                cellOffset,
                carried,
                carriedOffset,
                out,
                outOffset);
    }

    private static void sigmoid(int bound, float[] x, int xo) {
        for (int i = 0; i < bound; i += L) {
            VectorMath.sigmoid(FloatVector.fromArray(S, x, xo + i)).intoArray(x, xo + i);
        }
    }

    private static void tanh(int bound, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < bound; i += L) {
            VectorMath.tanh(FloatVector.fromArray(S, x, xo + i)).intoArray(y, yo + i);
        }
    }

    /** {@code cell = forget * before + input * candidate}, from activated gates that lie {@code n} apart. */
    private static void cell(int bound, int n, float[] gates, int go, float[] before, int bo, float[] cell, int co) {
        for (int i = 0; i < bound; i += L) {
            FloatVector added =
                    FloatVector.fromArray(S, gates, go + i).mul(FloatVector.fromArray(S, gates, go + 2 * n + i));
            FloatVector.fromArray(S, gates, go + n + i)
                    .fma(FloatVector.fromArray(S, before, bo + i), added)
                    .intoArray(cell, co + i);
        }
    }

    /** {@code carried += dh * output * (1 - t^2)}. */
    private static void cellGradient(
            int bound, float[] dh, int dho, float[] output, int po, float[] t, int to, float[] carried, int co) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < bound; i += L) {
            FloatVector tanh = FloatVector.fromArray(S, t, to + i);
            FloatVector.fromArray(S, dh, dho + i)
                    .mul(FloatVector.fromArray(S, output, po + i))
                    .fma(tanh.neg().fma(tanh, one), FloatVector.fromArray(S, carried, co + i))
                    .intoArray(carried, co + i);
        }
    }

    /** {@code out = a * b * gate * (1 - gate)}, the gradient of a sigmoid; {@code out} may be {@code b}. */
    private static void sigmoidGradient(
            int bound, float[] a, int ao, float[] b, int bo, float[] gate, int go, float[] out, int oo) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < bound; i += L) {
            FloatVector g = FloatVector.fromArray(S, gate, go + i);
            FloatVector.fromArray(S, a, ao + i)
                    .mul(FloatVector.fromArray(S, b, bo + i))
                    .mul(g)
                    .mul(one.sub(g))
                    .intoArray(out, oo + i);
        }
    }

    /** {@code out = a * b * (1 - gate^2)}, the gradient of a hyperbolic tangent. */
    private static void tanhGradient(
            int bound, float[] a, int ao, float[] b, int bo, float[] gate, int go, float[] out, int oo) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < bound; i += L) {
            FloatVector g = FloatVector.fromArray(S, gate, go + i);
            FloatVector.fromArray(S, a, ao + i)
                    .mul(FloatVector.fromArray(S, b, bo + i))
                    .mul(g.neg().fma(g, one))
                    .intoArray(out, oo + i);
        }
    }
}
