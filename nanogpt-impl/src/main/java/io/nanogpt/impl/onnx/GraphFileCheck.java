package io.nanogpt.impl.onnx;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.EmptyFiles;
import io.nanogpt.impl.files.ProtobufReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks a graph before ONNX Runtime, which is native code, opens it: it has only the operators that this library
 * exports, none of them with a graph of its own, and constants that are wholly in the file or in the one beside it.
 */
final class GraphFileCheck {
    private static final Set<String> DOMAINS = Set.of(OnnxGraph.STANDARD, "ai.onnx", OnnxGraph.CONTRIB);
    private static final Set<String> OPERATORS =
            Set.of(("Add And Attention Cast Concat CumSum DequantizeLinear Div DynamicQuantizeLinear Equal Gather Gelu"
                            + " Gemm Greater GreaterOrEqual GroupQueryAttention Identity LSTM LayerNormalization LessOrEqual"
                            + " MatMul MatMulInteger MatMulNBits Max Mod Mul RMSNormalization ReduceSum Relu Reshape RotaryEmbedding"
                            + " Shape Sigmoid SkipLayerNormalization SkipSimplifiedLayerNormalization Slice Split Squeeze Sub Tanh"
                            + " Transpose Unsqueeze Where")
                    .split(" "));
    /** Attributes that this library writes: a float, an integer, a string, integers, and their name and type. */
    private static final Set<Integer> ATTRIBUTE_FIELDS = Set.of(
            OnnxFields.Attribute.NAME,
            OnnxFields.Attribute.F,
            OnnxFields.Attribute.I,
            OnnxFields.Attribute.S,
            OnnxFields.Attribute.INTS,
            OnnxFields.Attribute.TYPE);

    private static final Set<Integer> TENSOR_FIELDS = Set.of(
            OnnxFields.Tensor.DIMS,
            OnnxFields.Tensor.DATA_TYPE,
            OnnxFields.Tensor.NAME,
            OnnxFields.Tensor.RAW_DATA,
            OnnxFields.Tensor.EXTERNAL_DATA,
            OnnxFields.Tensor.DATA_LOCATION);
    /** A function of the model's own, and constants of another form. */
    private static final int MODEL_FUNCTIONS = 25;

    private static final int GRAPH_SPARSE_INITIALIZER = 15;
    private static final int MOST_AXES = 8;
    private static final int LONGEST_TEXT = 10_000;

    private final Path file;
    private final ProtobufReader in;
    private final long beside;

    private GraphFileCheck(Path file, Path folder, ProtobufReader in) throws IOException {
        this.file = file;
        this.in = in;
        Path data = folder.resolve(OnnxExporter.DATA_FILE);
        beside = Files.isRegularFile(data) ? Files.size(data) : 0;
    }

    /**
     * Checks a file.
     *
     * @param folder with its weights, where they are not in the graph
     * @throws NanogptException naming what this library does not export
     */
    static void check(Path file, Path folder) {
        EmptyFiles.refuse(file);
        try (ProtobufReader in = new ProtobufReader(file)) {
            new GraphFileCheck(file, folder, in).model();
        } catch (IOException e) {
            throw new NanogptException(
                    file + " cannot be read as an ONNX model: " + e.getMessage()
                            + "; it may be cut off, export the model again",
                    e);
        }
    }

    private void model() throws IOException {
        while (in.next(in.size())) {
            switch (in.field()) {
                case OnnxFields.Model.GRAPH -> graph(in.message());
                case MODEL_FUNCTIONS -> throw refused("has functions of its own");
                default -> in.skip();
            }
        }
    }

    private void graph(long end) throws IOException {
        while (in.next(end)) {
            switch (in.field()) {
                case OnnxFields.Graph.NODE -> node(in.message());
                case OnnxFields.Graph.INITIALIZER -> tensor(in.message());
                case GRAPH_SPARSE_INITIALIZER -> throw refused("has sparse constants");
                default -> in.skip();
            }
        }
    }

    private void node(long end) throws IOException {
        String operator = "";
        String domain = "";
        while (in.next(end)) {
            switch (in.field()) {
                case OnnxFields.Node.OP_TYPE -> operator = in.text(LONGEST_TEXT);
                case OnnxFields.Node.DOMAIN -> domain = in.text(LONGEST_TEXT);
                case OnnxFields.Node.ATTRIBUTE -> attribute(in.message());
                default -> in.skip();
            }
        }
        if (!OPERATORS.contains(operator) || !DOMAINS.contains(domain)) {
            throw refused("has the operator " + (domain.isEmpty() ? "" : domain + ".") + operator);
        }
    }

    private void attribute(long end) throws IOException {
        while (in.next(end)) {
            if (!ATTRIBUTE_FIELDS.contains(in.field())) {
                throw refused("has an attribute that is a tensor or a graph");
            }
            in.skip();
        }
    }

    private void tensor(long end) throws IOException {
        List<Long> shape = new ArrayList<>();
        List<String> external = new ArrayList<>();
        String name = "";
        long type = 0;
        long inside = 0;
        while (in.next(end)) {
            if (!TENSOR_FIELDS.contains(in.field())) {
                in.skip();
                throw refused("has a constant in another form than raw data");
            }
            switch (in.field()) {
                case OnnxFields.Tensor.DIMS -> sizes(shape);
                case OnnxFields.Tensor.DATA_TYPE -> type = in.integer();
                case OnnxFields.Tensor.NAME -> name = in.text(LONGEST_TEXT);
                case OnnxFields.Tensor.EXTERNAL_DATA -> entry(in.message(), external);
                case OnnxFields.Tensor.RAW_DATA -> inside += in.skip();
                default -> in.skip();
            }
        }
        long found = external.isEmpty() ? inside : outside(name, external);
        long needed = bytes(name, shape, type);
        if (needed != found) {
            throw refused("has the constant " + name + " of shape " + shape + ", which needs " + needed
                    + " bytes, but has " + found);
        }
    }

    private void sizes(List<Long> shape) throws IOException {
        if (in.hasLength()) {
            long end = in.message();
            while (in.isBefore(end)) {
                size(shape, in.packed());
            }
        } else {
            size(shape, in.integer());
        }
    }

    private void size(List<Long> shape, long size) {
        if (shape.size() == MOST_AXES) {
            throw refused("has a constant of more than " + MOST_AXES + " axes");
        }
        shape.add(size);
    }

    private void entry(long end, List<String> external) throws IOException {
        String key = "";
        String value = "";
        while (in.next(end)) {
            switch (in.field()) {
                case OnnxFields.StringStringEntry.KEY -> key = in.text(LONGEST_TEXT);
                case OnnxFields.StringStringEntry.VALUE -> value = in.text(LONGEST_TEXT);
                default -> in.skip();
            }
        }
        external.add(key + "=" + value);
    }

    /** The bytes of a constant in the file beside this one, which {@code location}, offset and length name once. */
    private long outside(String name, List<String> external) {
        String what = "has the constant " + name + " at " + external + ", not at location=" + OnnxExporter.DATA_FILE
                + " with an offset and a length within that file of " + beside + " bytes";
        if (external.size() != 3 || !external.get(0).equals("location=" + OnnxExporter.DATA_FILE)) {
            throw refused(what);
        }
        long offset = number("offset=", external.get(1));
        long length = number("length=", external.get(2));
        if (offset < 0 || length < 0 || offset > beside || length > beside - offset) {
            throw refused(what);
        }
        return length;
    }

    /** A number of up to 18 digits after its name, or -1. */
    private static long number(String name, String entry) {
        String digits = entry.startsWith(name) ? entry.substring(name.length()) : "";
        return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : -1;
    }

    private long bytes(String name, List<Long> shape, long type) {
        for (ElementType known : ElementType.values()) {
            if (known.number() == type) {
                // Elements have at least four bits.
                long most = 2 * (in.size() + beside);
                long elements = 1;
                for (long size : shape) {
                    if (size < 0 || (size > 0 && elements > most / size)) {
                        throw refused(
                                "has the constant " + name + " of shape " + shape + ", which is larger than its files");
                    }
                    elements *= size;
                }
                return known.bytes(elements);
            }
        }
        throw refused("has the constant " + name + " of the unknown type " + type);
    }

    private NanogptException refused(String what) {
        return new NanogptException(file + " was not written by this library: its graph " + what
                + "; give the folder that LanguageModel.exportOnnx wrote");
    }
}
