package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.scalar.ScalarMath.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The functions of {@link io.nanogpt.impl.cpu.scalar.ScalarMath} on vectors, operation for operation. */
final class VectorMath {
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private VectorMath() {}

    static FloatVector exp(FloatVector x) {
        FloatVector clamped = x.min(GREATEST_EXPONENT).max(LEAST_EXPONENT);
        FloatVector shifted = clamped.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
        FloatVector n = shifted.sub(ROUNDER);
        FloatVector r = n.fma(
                FloatVector.broadcast(S, MINUS_LN2_LOW), n.fma(FloatVector.broadcast(S, MINUS_LN2_HIGH), clamped));
        FloatVector p = FloatVector.broadcast(S, E5).fma(r, FloatVector.broadcast(S, E4));
        p = p.fma(r, FloatVector.broadcast(S, E3));
        p = p.fma(r, FloatVector.broadcast(S, E2));
        p = p.fma(r, FloatVector.broadcast(S, E1));
        p = p.fma(r, FloatVector.broadcast(S, E0));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent =
                shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(127 << 23);
        return p.mul(exponent.reinterpretAsFloats());
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        return one.div(exp(x.neg()).add(one));
    }

    static FloatVector tanh(FloatVector x) {
        return FloatVector.broadcast(S, 2f).fma(sigmoid(x.mul(2f)), FloatVector.broadcast(S, -1f));
    }

    static FloatVector density(FloatVector x) {
        return exp(x.mul(-0.5f).mul(x)).mul(INVERSE_ROOT_2_PI);
    }

    static FloatVector distribution(FloatVector x, FloatVector density) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector t = one.div(x.abs().fma(FloatVector.broadcast(S, ERF_P), one));
        FloatVector p = FloatVector.broadcast(S, ERF_5).fma(t, FloatVector.broadcast(S, ERF_4));
        p = p.fma(t, FloatVector.broadcast(S, ERF_3));
        p = p.fma(t, FloatVector.broadcast(S, ERF_2));
        p = p.fma(t, FloatVector.broadcast(S, ERF_1));
        FloatVector tail = p.mul(t).mul(density.mul(1 / INVERSE_ROOT_2_PI));
        return one.sub(tail).blend(tail, x.lt(0f));
    }

    /**
     * The lanes of a stored vector added up in four chains, an order that does not depend on how the JVM compiles a
     * reduction. The caller stores the vector: as an argument it would be boxed if C2 did not inline this method.
     */
    static float sum(float[] lanes) {
        float a = lanes[0];
        float b = lanes[1];
        float c = lanes[2];
        float d = lanes[3];
        for (int i = 4; i < S.length(); i += 4) {
            a += lanes[i];
            b += lanes[i + 1];
            c += lanes[i + 2];
            d += lanes[i + 3];
        }
        return (a + b) + (c + d);
    }
}
