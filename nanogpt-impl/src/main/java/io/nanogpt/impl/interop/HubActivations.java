package io.nanogpt.impl.interop;

import io.nanogpt.model.Activation;
import java.util.Optional;
import java.util.stream.Stream;

/** The activation functions of transformers, by name. */
final class HubActivations {
    private HubActivations() {}

    /** The activation with a name. */
    static Optional<Activation> plain(String name) {
        return switch (name) {
            case "gelu", "gelu_python" -> Optional.of(Activation.GELU);
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate", "gelu_python_tanh" ->
                Optional.of(Activation.GELU_TANH);
            case "quick_gelu" -> Optional.of(Activation.GELU_QUICK);
            case "relu" -> Optional.of(Activation.RELU);
            case "relu2" -> Optional.of(Activation.RELU_SQUARED);
            case "leaky_relu" -> Optional.of(Activation.LEAKY_RELU);
            case "silu", "swish" -> Optional.of(Activation.SILU);
            case "tanh" -> Optional.of(Activation.TANH);
            case "linear" -> Optional.of(Activation.IDENTITY);
            default -> Optional.empty();
        };
    }

    /** The gated activation whose gate has an activation with a name. */
    static Optional<Activation> gated(String name) {
        return plain(name)
                .flatMap(activation -> Stream.of(Activation.values())
                        .filter(gated -> gated.isGated() && name(gated).equals(name(activation)))
                        .findFirst());
    }

    /** The names that {@link #plain} takes, one for each activation. */
    static Stream<String> plainNames() {
        return Stream.of(Activation.values())
                .filter(activation -> !activation.isGated())
                .map(HubActivations::name);
    }

    /** The names that {@link #gated} takes. */
    static Stream<String> gatedNames() {
        return Stream.of(Activation.values()).filter(Activation::isGated).map(HubActivations::name);
    }

    /** The name of an activation, or of that of a gate. */
    static String name(Activation activation) {
        return switch (activation) {
            case GELU, GEGLU -> "gelu";
            case GELU_TANH, GEGLU_TANH -> "gelu_new";
            case GELU_QUICK -> "quick_gelu";
            case RELU -> "relu";
            case RELU_SQUARED -> "relu2";
            case LEAKY_RELU -> "leaky_relu";
            case SILU, SWIGLU -> "silu";
            case TANH -> "tanh";
            case IDENTITY -> "linear";
        };
    }
}
