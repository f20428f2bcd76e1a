package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The weights of a model in a file or folder of any layout, by this library's parameter names. */
public final class ModelWeights implements AutoCloseable {
    /**
     * The most elements of a model per byte of its files. Tensors can share bytes, as an embedding table and a tied
     * head do, but a small file must not make a reader allocate much memory.
     */
    private static final long MAX_ELEMENTS_PER_BYTE = 4;

    private static final String TABLE = "tok_emb.weight";
    private static final String HEAD = "head.weight";

    private final TensorSource source;
    private final NameTable names;
    private final int heads;

    ModelWeights(TensorSource source, NameTable names, int heads) {
        this.source = source;
        this.names = names;
        this.heads = heads;
    }

    /**
     * Checks that the tensors are exactly those of a model, with the right shapes, without reading them.
     *
     * @throws NanogptException naming the file and every tensor that is missing, of another shape or unexpected, with
     *     the shapes expected and found
     */
    public void check(List<ParameterSpec> specs) {
        Differences differences = new Differences();
        Set<String> left = new LinkedHashSet<>(source.names());
        // A double, since hostile shapes could overflow a long.
        double elements = 0;
        for (ParameterSpec spec : specs) {
            elements += elements(spec);
            NameTable.Origin origin = names.origin(spec.name(), heads);
            List<Long> expected = shape(spec, origin);
            if (TouchedRows.isIn(source, spec, specs)) {
                // The elements of tables in rows have a bound of their own.
                elements -= elements(spec);
                expected = rowsShape(spec, expected, left, differences);
            }
            for (String tensor : origin.tensors()) {
                if (!left.remove(tensor)) {
                    differences.missing(tensor, expected);
                } else if (!source.shape(tensor).equals(expected)) {
                    differences.misshapen(tensor, expected, source.shape(tensor));
                }
            }
        }
        left.removeIf(tensor -> names.ignores(tensor) || isTiedHead(tensor, specs));
        left.forEach(tensor -> differences.unexpected(tensor, source.shape(tensor)));
        differences.requireNone(source.name());
        if (elements > MAX_ELEMENTS_PER_BYTE * source.size()) {
            throw new NanogptException(source.name() + " has " + source.size() + " bytes, but its model has "
                    + String.format(Locale.ROOT, "%,.0f", elements)
                    + " parameters: its tensors share the same elements; save contiguous copies");
        }
    }

    /** The expected shape of a table's touched rows, after a check of that of their indices. */
    private List<Long> rowsShape(ParameterSpec spec, List<Long> table, Set<String> left, Differences differences) {
        String name = TouchedRows.indicesOf(spec.name());
        left.remove(name);
        left.remove(TouchedRows.scalesOf(spec.name()));
        List<Long> indices = source.shape(name);
        if (indices.size() != 1 || indices.get(0) > table.get(0)) {
            differences.misshapen(name, List.of(table.get(0)), indices);
            return table;
        }
        return List.of(indices.get(0), table.get(1));
    }

    /**
     * Reads every parameter of a store.
     *
     * @throws NanogptException as {@link #check} does, or if the elements cannot be read
     */
    public void read(ParameterStore parameters) {
        check(parameters.specs());
        for (ParameterSpec spec : parameters.specs()) {
            parameters.write(
                    spec.name(),
                    TouchedRows.isIn(source, spec, parameters.specs())
                            ? TouchedRows.read(source, spec.name(), spec)
                            : values(spec));
        }
    }

    /** Free text by key. */
    public Map<String, String> metadata() {
        return source.metadata();
    }

    @Override
    public void close() {
        source.close();
    }

    private float[] values(ParameterSpec spec) {
        NameTable.Origin origin = names.origin(spec.name(), heads);
        if (origin.tensors().size() == 1) {
            return oriented(spec, origin, origin.tensors().get(0));
        }
        float[] values = new float[spec.elements()];
        int from = 0;
        for (String tensor : origin.tensors()) {
            float[] part = oriented(spec, origin, tensor);
            System.arraycopy(part, 0, values, from, part.length);
            from += part.length;
        }
        return values;
    }

    private float[] oriented(ParameterSpec spec, NameTable.Origin origin, String tensor) {
        float[] values = source.floats(tensor);
        if (!isTransposed(spec, origin)) {
            return values;
        }
        List<Long> shape = source.shape(tensor);
        return transpose(values, Math.toIntExact(shape.get(0)), Math.toIntExact(shape.get(1)));
    }

    /** Transposes {@code (rows, columns)} to {@code (columns, rows)}. */
    static float[] transpose(float[] values, int rows, int columns) {
        float[] transposed = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = values[row * columns + column];
            }
        }
        return transposed;
    }

    static boolean isTransposed(ParameterSpec spec, NameTable.Origin origin) {
        return origin.transposed() && spec.shape().rank() == 2;
    }

    private static double elements(ParameterSpec spec) {
        double elements = 1;
        for (int size : spec.shape().sizes()) {
            elements *= size;
        }
        return elements;
    }

    /** The expected shape of each tensor of a parameter. */
    private static List<Long> shape(ParameterSpec spec, NameTable.Origin origin) {
        List<Long> shape = new ArrayList<>();
        for (int size : spec.shape().sizes()) {
            shape.add((long) size);
        }
        if (origin.tensors().size() > 1) {
            shape.set(0, shape.get(0) / origin.tensors().size());
        }
        if (isTransposed(spec, origin)) {
            Collections.reverse(shape);
        }
        return List.copyOf(shape);
    }

    /** Whether a tensor repeats the embedding table under the head's name, as files with a tied head often do. */
    private boolean isTiedHead(String tensor, List<ParameterSpec> specs) {
        return tensor.equals(singleTensor(HEAD))
                && specs.stream().noneMatch(spec -> spec.name().equals(HEAD))
                && isSame(source, tensor, singleTensor(TABLE));
    }

    private String singleTensor(String parameter) {
        return names.origin(parameter, heads).tensors().get(0);
    }

    /** Whether two tensors exist and are equal. */
    static boolean isSame(TensorSource source, String first, String second) {
        return source.names().contains(first)
                && source.names().contains(second)
                && source.shape(first).equals(source.shape(second))
                && Arrays.equals(source.floats(first), source.floats(second));
    }

    /** Collects all differences between the expected and the actual tensors. */
    private static final class Differences {
        private final List<String> missing = new ArrayList<>();
        private final List<String> misshapen = new ArrayList<>();
        private final List<String> unexpected = new ArrayList<>();

        void missing(String tensor, List<Long> expected) {
            missing.add(tensor + " " + SafetensorsHeader.Tensor.shapeText(expected));
        }

        void misshapen(String tensor, List<Long> expected, List<Long> found) {
            misshapen.add(tensor + " should be " + SafetensorsHeader.Tensor.shapeText(expected) + ", but is "
                    + SafetensorsHeader.Tensor.shapeText(found));
        }

        void unexpected(String tensor, List<Long> found) {
            unexpected.add(tensor + " " + SafetensorsHeader.Tensor.shapeText(found));
        }

        void requireNone(String file) {
            List<String> problems = new ArrayList<>();
            describe(problems, "missing: ", missing);
            describe(problems, "of another shape: ", misshapen);
            describe(problems, "unexpected: ", unexpected);
            if (!problems.isEmpty()) {
                throw new NanogptException(file + " does not hold the weights of this model; "
                        + String.join("; ", problems)
                        + ". They belong to different models, or the layout, heads or settings that"
                        + " were given are wrong");
            }
        }

        private static void describe(List<String> problems, String what, List<String> tensors) {
            if (!tensors.isEmpty()) {
                problems.add(what + String.join(", ", tensors));
            }
        }
    }
}
