package io.nanogpt.model;

/**
 * The MLP of a transformer's block.
 *
 * @param activation between the linear layers
 * @param hiddenSize width between them, at least 1
 */
public record MlpConfig(Activation activation, int hiddenSize) {
    public MlpConfig {
        Settings.positive("hiddenSize", hiddenSize);
    }
}
