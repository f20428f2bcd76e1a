package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Node;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention with a key/value cache. With standard operators the cache grows: past keys and values are an input, and the
 * same with the present ones appended an output. With ONNX Runtime's own operator both are one buffer with room for the
 * whole context.
 */
final class AttentionOperators {
    /** Divisors of the head sizes that GroupQueryAttention supports, without and with rotary positions. */
    private static final int HEAD_SIZE_MULTIPLE = 8;

    private static final int ROTARY_HEAD_SIZE_MULTIPLE = 16;
    /** Makes the weights after the softmax the fourth output of the operator. */
    private static final int AFTER_SOFTMAX = 3;

    private final OnnxLowering e;
    private final OnnxGraph onnx;

    AttentionOperators(OnnxLowering e) {
        this.e = e;
        this.onnx = e.onnx();
    }

    /** Attention over packed queries, keys and values, {@code (B, T, (H + 2 H_kv) d)}. */
    String packed(Node node) {
        Attributes.Attention attention = (Attributes.Attention) node.attributes();
        int headSize = node.shape().features() / attention.heads();
        return e.contrib() && sharesBuffer(headSize)
                ? groupQuery(node, attention, headSize)
                : standard(node, attention, headSize);
    }

    /** Whether ONNX Runtime's own operator supports heads of this size. */
    static boolean sharesBuffer(int headSize) {
        return headSize % HEAD_SIZE_MULTIPLE == 0;
    }

    private String standard(Node node, Attributes.Attention attention, int headSize) {
        String name = e.name(node);
        Cache cache = new Cache(onnx, e.nextCache(), ElementType.FLOAT);
        List<String> parts = List.of(name + "/q", name + "/k", name + "/v");
        int keyWidth = attention.keyValueHeads() * headSize;
        onnx.add(
                OnnxGraph.STANDARD,
                "Split",
                parts,
                List.of(e.value(node, 0), onnx.axes(node.shape().features(), keyWidth, keyWidth)),
                Attribute.of("axis", -1));
        List<?> past = axes(attention, GraphSignature.PAST_AXIS, headSize);
        List<?> present = axes(attention, GraphSignature.TOTAL_AXIS, headSize);
        List<Attribute> attributes = new ArrayList<>(List.of(
                Attribute.of("q_num_heads", attention.heads()),
                Attribute.of("kv_num_heads", attention.keyValueHeads()),
                Attribute.of("scale", attention.scale())));
        if (attention.cap() > 0) {
            attributes.add(Attribute.of("softcap", attention.cap()));
        }
        List<String> results =
                new ArrayList<>(List.of(name, cache.present("key", present), cache.present("value", present)));
        if (e.inspection()) {
            results.set(0, name + "/heads");
            results.add(weights(attention, e.layer(node)));
            attributes.add(Attribute.of("qk_matmul_output_mode", AFTER_SOFTMAX));
        }
        onnx.add(
                OnnxGraph.STANDARD,
                "Attention",
                results,
                List.of(
                        parts.get(0),
                        parts.get(1),
                        parts.get(2),
                        mask(attention.window()),
                        cache.past("key", past),
                        cache.past("value", past)),
                attributes.toArray(Attribute[]::new));
        if (e.inspection()) {
            scaleHeads(name, attention, e.layer(node), headSize);
        }
        return name;
    }

    /** The output with the weights of each head of a layer. */
    private String weights(Attributes.Attention attention, int layer) {
        String weights = GraphSignature.ATTENTION + layer;
        onnx.output(
                weights,
                ElementType.FLOAT,
                List.of(GraphSignature.BATCH, attention.heads(), GraphSignature.SEQUENCE, GraphSignature.TOTAL_AXIS));
        return weights;
    }

    /** The output of each head times a factor that is an input of the graph: 0 leaves the head out. */
    private void scaleHeads(String name, Attributes.Attention attention, int layer, int headSize) {
        int heads = attention.heads();
        int features = heads * headSize;
        String factors = onnx.input(GraphSignature.HEAD_SCALE + layer, ElementType.FLOAT, List.of(heads));
        String column = onnx.add("Unsqueeze", name + "/factors", List.of(factors, onnx.axes(1)));
        String rows = onnx.add("Reshape", name + "/rows", List.of(name + "/heads", onnx.axes(0, 0, heads, headSize)));
        String scaled = onnx.add("Mul", name + "/scaled", List.of(rows, column));
        onnx.add("Reshape", name, List.of(scaled, onnx.axes(0, 0, features)));
    }

    private String groupQuery(Node node, Attributes.Attention attention, int headSize) {
        String name = e.name(node);
        Cache cache = new Cache(onnx, e.nextCache(), ElementType.FLOAT);
        List<?> buffer = axes(attention, GraphSignature.BUFFER_AXIS, headSize);
        List<Attribute> attributes = new ArrayList<>(List.of(
                Attribute.of("num_heads", attention.heads()),
                Attribute.of("kv_num_heads", attention.keyValueHeads()),
                Attribute.of("scale", attention.scale())));
        if (attention.cap() > 0) {
            attributes.add(Attribute.of("softcap", attention.cap()));
        }
        if (attention.window() > 0) {
            attributes.add(Attribute.of("local_window_size", attention.window()));
        }
        List<String> operands = new ArrayList<>();
        Node packed = e.input(node, 0);
        if (packed.attributes() instanceof Attributes.Rotary rotary && isFusable(rotary, attention)) {
            attributes.add(Attribute.of("do_rotary", 1));
            attributes.add(Attribute.of("rotary_interleaved", rotary.interleaved() ? 1 : 0));
            operands.addAll(groupQueryOperands(e.value(packed, 0), cache, buffer));
            operands.add(e.positions().cosines(rotary));
            operands.add(e.positions().sines(rotary));
        } else {
            operands.addAll(groupQueryOperands(e.value(packed), cache, buffer));
        }
        onnx.add(
                OnnxGraph.CONTRIB,
                "GroupQueryAttention",
                List.of(name, cache.present("key", buffer), cache.present("value", buffer)),
                operands,
                attributes.toArray(Attribute[]::new));
        return name;
    }

    /** Whether ONNX Runtime's attention can apply this rotation to its queries and keys. */
    private static boolean isFusable(Attributes.Rotary rotary, Attributes.Attention attention) {
        return !rotary.inverse()
                && rotary.turned() == rotary.headSize()
                && rotary.heads() == attention.heads() + attention.keyValueHeads()
                && rotary.headSize() % ROTARY_HEAD_SIZE_MULTIPLE == 0;
    }

    private List<String> groupQueryOperands(String packed, Cache cache, List<?> buffer) {
        String lengths = e.genAi()
                ? lengthsOfMask()
                : onnx.input(GraphSignature.SEQUENCE_LENGTHS, ElementType.INT32, List.of(GraphSignature.BATCH));
        String total =
                e.genAi() ? totalOfMask() : onnx.input(GraphSignature.TOTAL_LENGTH, ElementType.INT32, List.of());
        return List.of(packed, "", "", cache.past("key", buffer), cache.past("value", buffer), lengths, total);
    }

    /** {@link GraphSignature#SEQUENCE_LENGTHS}, computed from the attention mask. */
    private String lengthsOfMask() {
        String name = "attention_mask/seqlens_k";
        if (onnx.knows(name)) {
            return name;
        }
        String counts = onnx.add(
                "ReduceSum", "attention_mask/sums", List.of(maskInput(), onnx.axes(1)), Attribute.of("keepdims", 0));
        String last = onnx.add("Sub", "attention_mask/last", List.of(counts, onnx.scalar(1)));
        return onnx.add("Cast", name, List.of(last), Attribute.of("to", ElementType.INT32.number()));
    }

    /** {@link GraphSignature#TOTAL_LENGTH}, computed from the attention mask. */
    private String totalOfMask() {
        String name = "attention_mask/total_sequence_length";
        if (onnx.knows(name)) {
            return name;
        }
        String shape = onnx.add("Shape", "attention_mask/shape", List.of(maskInput()));
        String total =
                onnx.add("Gather", "attention_mask/total", List.of(shape, onnx.scalar(1)), Attribute.of("axis", 0));
        return onnx.add("Cast", name, List.of(total), Attribute.of("to", ElementType.INT32.number()));
    }

    private String maskInput() {
        return onnx.input(
                GraphSignature.ATTENTION_MASK,
                ElementType.INT64,
                List.of(GraphSignature.BATCH, GraphSignature.TOTAL_AXIS));
    }

    /** The axes of cached keys or values. */
    private static List<?> axes(Attributes.Attention attention, String tokens, int headSize) {
        return List.of(GraphSignature.BATCH, attention.keyValueHeads(), tokens, headSize);
    }

    /**
     * The keys visible to each query, {@code (B, 1, T, total)}: those of real tokens within the window, up to its own
     * position. Computed from positions, not indices, so that batches may be padded on either side.
     */
    private String mask(int window) {
        String name = "attention_mask/window/" + window;
        if (onnx.knows(name)) {
            return name;
        }
        String visible = window == 0 ? visible() : within(window);
        return onnx.add("Unsqueeze", name, List.of(visible, onnx.axes(1)));
    }

    private String within(int window) {
        String name = "attention_mask/within/" + window;
        String visible = visible();
        String first = onnx.add("Sub", name + "/first", List.of("attention_mask/queries", onnx.scalar(window - 1)));
        String near = onnx.add("GreaterOrEqual", name + "/near", List.of("attention_mask/keys", first));
        return onnx.add("And", name, List.of(visible, near));
    }

    /** All keys up to the query's own, {@code (B, T, total)}. */
    private String visible() {
        String name = "attention_mask/visible";
        if (onnx.knows(name)) {
            return name;
        }
        String given = maskInput();
        String counts = onnx.add("CumSum", "attention_mask/counts", List.of(given, onnx.scalar(1)));
        String keys = onnx.add("Sub", "attention_mask/positions", List.of(counts, onnx.scalar(1)));
        String keyRow = onnx.add("Unsqueeze", "attention_mask/keys", List.of(keys, onnx.axes(1)));
        String queryColumn = onnx.add(
                "Unsqueeze", "attention_mask/queries", List.of(e.positions().ids(), onnx.axes(2)));
        String before = onnx.add("LessOrEqual", "attention_mask/before", List.of(keyRow, queryColumn));
        String real =
                onnx.add("Cast", "attention_mask/bool", List.of(given), Attribute.of("to", ElementType.BOOL.number()));
        String realRow = onnx.add("Unsqueeze", "attention_mask/real", List.of(real, onnx.axes(1)));
        return onnx.add("And", name, List.of(before, realRow));
    }
}
