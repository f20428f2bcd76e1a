package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.vector.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/** The vector loops of an LSTM's cell; {@code bound} elements of {@code n}, a multiple of the vector length. */
final class LstmLoops {
    private static final int L = S.length();

    private LstmLoops() {}

    static void cell(
            int bound,
            int n,
            float[] gates,
            int go,
            float[] before,
            int bo,
            float[] cell,
            int co,
            float[] hidden,
            int ho) {
        for (int i = 0; i < bound; i += L) {
            FloatVector input = VectorMath.sigmoid(FloatVector.fromArray(S, gates, go + i));
            FloatVector forget = VectorMath.sigmoid(FloatVector.fromArray(S, gates, go + n + i));
            FloatVector candidate = VectorMath.tanh(FloatVector.fromArray(S, gates, go + 2 * n + i));
            FloatVector output = VectorMath.sigmoid(FloatVector.fromArray(S, gates, go + 3 * n + i));
            FloatVector c = forget.fma(FloatVector.fromArray(S, before, bo + i), input.mul(candidate));
            input.intoArray(gates, go + i);
            forget.intoArray(gates, go + n + i);
            candidate.intoArray(gates, go + 2 * n + i);
            output.intoArray(gates, go + 3 * n + i);
            c.intoArray(cell, co + i);
            output.mul(VectorMath.tanh(c)).intoArray(hidden, ho + i);
        }
    }

    static void gradient(
            int bound,
            int n,
            float[] dh,
            int dho,
            float[] gates,
            int go,
            float[] before,
            int bo,
            float[] cell,
            int co,
            float[] carried,
            int cro,
            float[] out,
            int oo) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < bound; i += L) {
            FloatVector input = FloatVector.fromArray(S, gates, go + i);
            FloatVector forget = FloatVector.fromArray(S, gates, go + n + i);
            FloatVector candidate = FloatVector.fromArray(S, gates, go + 2 * n + i);
            FloatVector output = FloatVector.fromArray(S, gates, go + 3 * n + i);
            FloatVector t = VectorMath.tanh(FloatVector.fromArray(S, cell, co + i));
            FloatVector dy = FloatVector.fromArray(S, dh, dho + i);
            FloatVector dc = dy.mul(output).fma(t.neg().fma(t, one), FloatVector.fromArray(S, carried, cro + i));
            dc.mul(candidate).mul(input).mul(one.sub(input)).intoArray(out, oo + i);
            dc.mul(FloatVector.fromArray(S, before, bo + i))
                    .mul(forget)
                    .mul(one.sub(forget))
                    .intoArray(out, oo + n + i);
            dc.mul(input).mul(candidate.neg().fma(candidate, one)).intoArray(out, oo + 2 * n + i);
            dy.mul(t).mul(output).mul(one.sub(output)).intoArray(out, oo + 3 * n + i);
            dc.mul(forget).intoArray(carried, cro + i);
        }
    }
}
