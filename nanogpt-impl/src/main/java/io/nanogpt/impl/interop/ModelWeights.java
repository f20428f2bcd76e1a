package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
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

    private final StateDict source;
    private final NameTable names;
    private final int heads;

    ModelWeights(StateDict source, NameTable names, int heads) {
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
                if (!left.remove(source.plain(tensor))) {
                    differences.missing(tensor, expected);
                } else if (!source.shape(tensor).equals(expected)) {
                    differences.misshapen(tensor, expected, source.shape(tensor));
                }
            }
        }
        left.removeIf(tensor -> names.ignores(tensor) || isTiedHead(tensor, specs));
        left.forEach(tensor -> differences.unexpected(source.original(tensor), source.shape(tensor)));
        differences.requireNone(source.name());
        if (elements > MAX_ELEMENTS_PER_BYTE * source.size()) {
            throw new NanogptException(source.name() + " has " + source.size() + " bytes, but its model has "
                    + String.format(Locale.ROOT, "%,.0f", elements)
                    + " parameters: its tensors share the same elements; save contiguous copies");
        }
    }

    /** Whether there are tensors for all parameters, of whatever shapes. */
    public boolean hasTensors(List<ParameterSpec> specs) {
        return specs.stream()
                .flatMap(spec -> names.origin(spec.name(), heads).tensors().stream())
                .allMatch(source::has);
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
            if (TouchedRows.isIn(source, spec, parameters.specs())) {
                parameters.write(spec.name(), TouchedRows.read(source, spec.name(), spec));
            } else {
                NameTable.Origin origin = names.origin(spec.name(), heads);
                parameters.fill(spec.name(), (values, from) -> copy(origin, values, from));
            }
        }
    }

    /** Straight from the file where it has the same numbers: the largest tensor is often a fifth of a model. */
    private void copy(NameTable.Origin origin, float[] values, int from) {
        int at = from;
        for (String tensor : origin.tensors()) {
            if (origin.form() instanceof TensorForm.Same) {
                source.copy(tensor, values, at);
                at += elements(source.shape(tensor));
            } else {
                float[] part = origin.form().read(source.floats(tensor), source.shape(tensor));
                System.arraycopy(part, 0, values, at, part.length);
                at += part.length;
            }
        }
    }

    /** The elements of a tensor that fits a parameter. */
    private static int elements(List<Long> shape) {
        return (int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Free text by key. */
    public Map<String, String> metadata() {
        return source.metadata();
    }

    @Override
    public void close() {
        source.close();
    }

    private static double elements(ParameterSpec spec) {
        double elements = 1;
        for (int size : spec.shape().sizes()) {
            elements *= size;
        }
        return elements;
    }

    /** The shape of a parameter. */
    static List<Long> shape(ParameterSpec spec) {
        List<Long> shape = new ArrayList<>();
        for (int size : spec.shape().sizes()) {
            shape.add((long) size);
        }
        return shape;
    }

    /** The expected shape of each tensor of a parameter. */
    private static List<Long> shape(ParameterSpec spec, NameTable.Origin origin) {
        List<Long> shape = shape(spec);
        if (origin.tensors().size() > 1) {
            shape.set(0, shape.get(0) / origin.tensors().size());
        }
        return List.copyOf(origin.form().theirs(shape));
    }

    /** Whether a tensor repeats the embedding table under the head's name, as files with a tied head often do. */
    private boolean isTiedHead(String tensor, List<ParameterSpec> specs) {
        return tensor.equals(source.plain(singleTensor(HEAD)))
                && specs.stream().noneMatch(spec -> spec.name().equals(HEAD))
                && isSame(source, tensor, singleTensor(TABLE));
    }

    private String singleTensor(String parameter) {
        return names.origin(parameter, heads).tensors().get(0);
    }

    /** Whether two tensors exist and are equal. */
    static boolean isSame(StateDict source, String first, String second) {
        return source.has(first)
                && source.has(second)
                && source.shape(first).equals(source.shape(second))
                && Arrays.equals(source.floats(first), source.floats(second));
    }

    /** Whether the file has a head that is not the token embedding. */
    boolean hasOwnHead() {
        String head = singleTensor(HEAD);
        return source.has(head) && source.has(singleTensor(TABLE)) && !isSame(source, head, singleTensor(TABLE));
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
