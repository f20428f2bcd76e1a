package io.nanogpt.impl.cpu.vector;

import static io.nanogpt.impl.cpu.scalar.ScalarMath.*;

import io.nanogpt.impl.cpu.VectorRegisters;
import io.nanogpt.impl.cpu.scalar.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The functions of {@link io.nanogpt.impl.cpu.scalar.ScalarMath} on vectors, operation for operation. */
final class VectorMath {
    /** The widest vectors of the machine, but no wider than the {@link Lanes} of a sum. */
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED.length() > Lanes.COUNT
            ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;

    /**
     * Whether a comparison is faster than a minimum of floats, which takes several instructions on x86 to find NaN and to
     * tell zeros apart. Java 17 has no registers for the comparisons of vectors of 512 bits.
     */
    private static final boolean COMPARES = VectorRegisters.isX86()
            && (S.vectorBitSize() < 512 || Runtime.version().feature() > 17);

    private VectorMath() {}

    static FloatVector exp(FloatVector x) {
        FloatVector clamped = COMPARES ? choose(x) : x.min(GREATEST_EXPONENT).max(LEAST_EXPONENT);
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

    private static FloatVector choose(FloatVector x) {
        FloatVector limited =
                x.blend(FloatVector.broadcast(S, GREATEST_EXPONENT), x.compare(VectorOperators.GT, GREATEST_EXPONENT));
        return limited.blend(
                FloatVector.broadcast(S, LEAST_EXPONENT), limited.compare(VectorOperators.LT, LEAST_EXPONENT));
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
}
