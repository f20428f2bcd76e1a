package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.files.Half;
import java.util.Arrays;
import java.util.List;

/**
 * Tables of n-grams in a file: only the rows that are not zero, which training touched, and their indices as a second
 * tensor. Most rows of a large table are zero in a small model. Elements are of the narrowest type that has their exact
 * values, which tables that were rounded after training have: 8-bit integers with a factor for each row as a third tensor,
 * 16-bit floats, or 32-bit floats.
 *
 * @param indices of the rows, ascending
 * @param values of the rows, row-major
 */
// Never compared.
@SuppressWarnings("ArrayRecordComponent")
public record TouchedRows(int[] indices, float[] values) {
    /**
     * The most elements of all tables together that are read from rows: a small file must not make a reader allocate much
     * memory. Larger tables are saved whole.
     */
    private static final long MAX_ELEMENTS = 1 << 26;

    private static final String ROWS = ".rows";
    private static final String SCALES = ".scales";
    private static final int LARGEST_INTEGER = 127;

    /**
     * Adds a parameter to a file, as its rows where it is a table.
     *
     * @param model all parameters of its model
     */
    public static void add(SafetensorsWriter writer, ParameterSpec spec, List<ParameterSpec> model, float[] values) {
        if (mayBe(spec, model)) {
            of(values, spec.shape().size(1)).write(writer, spec.name());
        } else {
            writer.add(
                    spec.name(),
                    spec.shape(),
                    destination -> System.arraycopy(values, 0, destination, 0, values.length));
        }
    }

    /**
     * Reads a parameter that {@link #add} wrote.
     *
     * @param model all parameters of its model
     * @throws NanogptException if it is missing or its rows cannot be those of the table
     */
    public static float[] read(SafetensorsFile file, ParameterSpec spec, List<ParameterSpec> model) {
        return isIn(file, spec, model) ? read(file, spec.name(), spec) : file.floats(spec.name());
    }

    /** Whether a file has a parameter as rows. */
    static boolean isIn(TensorSource source, ParameterSpec spec, List<ParameterSpec> model) {
        return mayBe(spec, model) && source.names().contains(indicesOf(spec.name()));
    }

    /** The name of the tensor of indices beside a table. */
    static String indicesOf(String table) {
        return table + ROWS;
    }

    /** The name of the tensor of factors beside a table of integers. */
    static String scalesOf(String table) {
        return table + SCALES;
    }

    /** Whether a parameter of a model may be in a file as rows. */
    static boolean mayBe(ParameterSpec spec, List<ParameterSpec> model) {
        return isTable(spec)
                && model.stream()
                                .filter(TouchedRows::isTable)
                                .mapToLong(table -> table.shape().elements())
                                .sum()
                        <= MAX_ELEMENTS;
    }

    private static boolean isTable(ParameterSpec spec) {
        return spec.role() == ParameterSpec.Role.TABLE;
    }

    /** The rows of a table that are not zero; at least the first, since no tensor is empty. */
    static TouchedRows of(float[] table, int width) {
        int[] indices = new int[table.length / width];
        int count = 0;
        for (int row = 0; row < indices.length; row++) {
            if (!isZero(table, row * width, width)) {
                indices[count++] = row;
            }
        }
        indices = Arrays.copyOf(indices, Math.max(1, count));
        float[] values = new float[indices.length * width];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(table, indices[i] * width, values, i * width, width);
        }
        return new TouchedRows(indices, values);
    }

    private static boolean isZero(float[] table, int from, int width) {
        for (int i = from; i < from + width; i++) {
            if (table[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Adds the tensors to a file. */
    void write(SafetensorsWriter writer, String name) {
        int width = values.length / indices.length;
        Shape shape = Shape.of(indices.length, width);
        float[] scales = scales(width);
        if (scales.length > 0) {
            float[] integers = values.clone();
            for (int i = 0; i < integers.length; i++) {
                integers[i] /= scales[i / width];
            }
            writer.add(name, shape, ElementType.I8, integers);
            writer.add(scalesOf(name), Shape.of(scales.length), ElementType.F32, scales);
        } else {
            writer.add(name, shape, areHalves() ? ElementType.F16 : ElementType.F32, values);
        }
        writer.addIntegers(indicesOf(name), indices);
    }

    /** The power of two for each row of which its elements are small multiples; empty if some have none. */
    private float[] scales(int width) {
        float[] scales = new float[indices.length];
        for (int row = 0; row < scales.length; row++) {
            float largest = 0;
            for (int i = row * width; i < (row + 1) * width; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            float scale = Math.scalb(1f, Math.max(Math.getExponent(largest) - 6, Float.MIN_EXPONENT));
            for (int i = row * width; i < (row + 1) * width; i++) {
                float integer = values[i] / scale;
                boolean exact = Math.rint(integer) == integer
                        && Math.abs(integer) <= LARGEST_INTEGER
                        && Float.floatToIntBits(((byte) integer) * scale) == Float.floatToIntBits(values[i]);
                if (!exact) {
                    return new float[0];
                }
            }
            scales[row] = scale;
        }
        return scales;
    }

    private boolean areHalves() {
        for (float value : values) {
            if (!Half.isExact(value)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads a table.
     *
     * @throws NanogptException if the indices are not ascending rows of the table
     */
    static float[] read(TensorSource source, String name, ParameterSpec spec) {
        long[] indices = source.longs(indicesOf(name));
        float[] values = values(source, name);
        int width = spec.shape().size(1);
        if (values.length != indices.length * (long) width) {
            throw new NanogptException(source.name() + ": tensor " + name + " has " + values.length + " elements, but "
                    + indices.length + " rows of " + width + " are expected; save the model again");
        }
        float[] table = new float[spec.elements()];
        long before = -1;
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] <= before || indices[i] >= spec.shape().size(0)) {
                throw new NanogptException(source.name() + ": tensor " + indicesOf(name)
                        + " must ascend from at least 0 to"
                        + " below the " + spec.shape().size(0) + " rows of the table, but has " + indices[i] + " after "
                        + before + "; save the model again");
            }
            before = indices[i];
            System.arraycopy(values, i * width, table, (int) before * width, width);
        }
        return table;
    }

    private static float[] values(TensorSource source, String name) {
        if (!source.names().contains(scalesOf(name))) {
            return source.floats(name);
        }
        long[] integers = source.longs(name);
        float[] scales = source.floats(scalesOf(name));
        if (scales.length == 0 || integers.length % scales.length != 0) {
            throw new NanogptException(source.name() + ": tensor " + name + " has " + integers.length
                    + " elements, but " + scalesOf(name) + " has " + scales.length
                    + ", which must be one for each row; save the model again");
        }
        int width = integers.length / scales.length;
        float[] values = new float[integers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = integers[i] * scales[i / width];
        }
        return values;
    }
}
