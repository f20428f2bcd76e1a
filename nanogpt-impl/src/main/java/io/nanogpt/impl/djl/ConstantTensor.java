package io.nanogpt.impl.djl;

import io.nanogpt.graph.Attributes;
import java.util.Arrays;

/** A constant input of a program beside the weights, row-major. Equal tensors are uploaded once. */
final class ConstantTensor {
    private final float[] values;
    private final long[] sizes;

    private ConstantTensor(float[] values, long... sizes) {
        this.values = values;
        this.sizes = sizes;
    }

    float[] values() {
        return values;
    }

    long[] sizes() {
        return sizes;
    }

    /** Sinusoidal position embeddings, {@code (length, width)}: sines and cosines alternate. */
    static ConstantTensor sinusoids(int length, int width) {
        float[] table = new float[Math.multiplyExact(length, width)];
        for (int i = 0; i < width; i++) {
            double frequency = StrictMath.exp(-(i & ~1) * StrictMath.log(10_000.0) / width);
            for (int position = 0; position < length; position++) {
                double angle = position * frequency;
                table[position * width + i] = (float) ((i & 1) == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle));
            }
        }
        return new ConstantTensor(table, length, width);
    }

    /** The cosines and the sines of every rotated pair of a head's features, {@code (length, 1, pairs)} each. */
    static ConstantTensor[] rotary(Attributes.Rotary rotary, int length) {
        int pairs = rotary.frequencies().size();
        double factor = rotary.factor();
        float[] cosines = new float[Math.multiplyExact(length, pairs)];
        float[] sines = new float[cosines.length];
        double direction = rotary.inverse() ? -1 : 1;
        for (int pair = 0; pair < pairs; pair++) {
            double frequency = rotary.frequencies().get(pair);
            for (int position = 0; position < length; position++) {
                cosines[position * pairs + pair] = (float) (factor * StrictMath.cos(position * frequency));
                sines[position * pairs + pair] = (float) (factor * direction * StrictMath.sin(position * frequency));
            }
        }
        return new ConstantTensor[] {
            new ConstantTensor(cosines, length, 1, pairs), new ConstantTensor(sines, length, 1, pairs)
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConstantTensor table
                && Arrays.equals(sizes, table.sizes)
                && Arrays.equals(values, table.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }
}
