package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Node;
import io.nanogpt.impl.onnx.OnnxGraph.Attribute;
import java.util.List;

/**
 * Causal depthwise convolution. The rows before this run are cached; a cache of zeros is the start of a sequence, as are
 * the rows of negative ids, which pad shorter sequences on the left. Each row of the weight multiplies the rows that many
 * tokens before.
 */
final class CausalConvOperators {
    private final OnnxLowering e;
    private final OnnxGraph onnx;

    CausalConvOperators(OnnxLowering e) {
        this.e = e;
        onnx = e.onnx();
    }

    String emit(Node node) {
        int size = ((Attributes.Convolution) node.attributes()).size();
        String name = e.name(node);
        String x = e.value(node, 0);
        String all = size > 1 ? withEarlierRows(node, x, size - 1) : x;
        String sum = x;
        for (int k = 0; k < size; k++) {
            String rows = k == 0 ? x : rowsBefore(all, size - 1, k, name + "/before/" + k);
            String product = onnx.add("Mul", name + "/product/" + k, List.of(rows, weight(node, k)));
            sum = onnx.add("Add", k == size - 1 ? name : name + "/sum/" + k, List.of(sum, product));
        }
        return sum;
    }

    /** The cached rows, then those of this run; the last ones become the cache of the next. */
    private String withEarlierRows(Node node, String x, int earlier) {
        List<?> axes = List.of(GraphSignature.BATCH, earlier, node.shape().features());
        Cache cache = new Cache(onnx, e.nextCache(), ElementType.FLOAT);
        String present =
                onnx.add("Mul", e.name(node) + "/present", List.of(x, e.tokens().present()));
        String all = onnx.add(
                "Concat", e.name(node) + "/rows", List.of(cache.past("rows", axes), present), Attribute.of("axis", 1));
        onnx.add(
                "Slice",
                cache.present("rows", axes),
                List.of(all, onnx.axes(-earlier), onnx.axes(Long.MAX_VALUE), onnx.axes(1)));
        return all;
    }

    private String rowsBefore(String all, int earlier, int distance, String name) {
        return onnx.add("Slice", name, List.of(all, onnx.axes(earlier - distance), onnx.axes(-distance), onnx.axes(1)));
    }

    private String weight(Node node, int row) {
        int width = node.shape().features();
        Node weight = e.input(node, 1);
        return onnx.constant(new Tensor(weight.name() + "/" + row, ElementType.FLOAT, Tensor.shape(width), out -> {
            float[] values = new float[width];
            System.arraycopy(e.weights().values(weight), row * width, values, 0, width);
            Tensor.write(out, values);
        }));
    }
}
