package io.nanogpt.impl.onnx;

import java.util.List;

/** What one operation hands from a run to the next: inputs and outputs of the graph. */
record Cache(OnnxGraph onnx, int number, ElementType type) {
    /** The input of this name, as the run before left it. */
    String past(String what, List<?> axes) {
        return onnx.input(GraphSignature.PAST + number + "." + what, type, axes);
    }

    /** The name of the output, which an operator has yet to compute. */
    String present(String what, List<?> axes) {
        String name = GraphSignature.PRESENT + number + "." + what;
        onnx.output(name, type, axes);
        return name;
    }
}
