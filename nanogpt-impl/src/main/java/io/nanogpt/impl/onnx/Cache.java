package io.nanogpt.impl.onnx;

import java.util.List;

/** The state that one operation carries from run to run, as inputs and outputs of the graph. */
record Cache(OnnxGraph onnx, int number, ElementType type) {
    /** Returns the input that holds a part of the state after the previous run. */
    String past(String part, List<?> axes) {
        return onnx.input(GraphSignature.PAST + number + "." + part, type, axes);
    }

    /** Adds the output for a part of the state and returns its name; an operator has yet to compute it. */
    String present(String part, List<?> axes) {
        String name = GraphSignature.PRESENT + number + "." + part;
        onnx.output(name, type, axes);
        return name;
    }
}
