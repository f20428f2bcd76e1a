package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.model.Biases;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.model.ModelConfig;
import io.nanogpt.model.NormConfig;
import io.nanogpt.model.Positions;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.model.WeightsImportOptions.Layout;
import java.util.List;

/** Infers a model's configuration from the tensors of a state dict; the rest is the preset of their layout. */
final class StateDictConfig {
    private static final String HEAD = "head.weight";
    /** A buffer of layout {@link Layout#TINY_TRANSFORMER} with one row per position. */
    private static final String SINUSOIDS = "pos_enc.pos_emd";

    private final StateDict source;
    private final Layout layout;
    private final NameTable names;
    private final int heads;

    private StateDictConfig(StateDict source, Layout layout, NameTable names, int heads) {
        this.source = source;
        this.layout = layout;
        this.names = names;
        this.heads = heads;
    }

    /**
     * Infers the configuration of the model that has these tensors as weights.
     *
     * @throws NanogptException if they are not of this layout, or do not suffice
     */
    static ModelConfig of(StateDict source, Layout layout, WeightsImportOptions options) {
        try {
            if (layout == Layout.LSTM) {
                return new StateDictConfig(source, layout, NameTables.of(layout, false), 1).lstm();
            }
            NameTable gated = NameTables.of(layout, true);
            boolean isGated = source.has(
                    gated.origin("blocks.0.mlp.gate.weight", 1).tensors().get(0));
            NameTable names = NameTables.of(layout, isGated);
            int heads = heads(source, layout, names, options);
            return options.adjustment()
                    .apply(new StateDictConfig(source, layout, names, heads).transformer())
                    .build();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new NanogptException(
                    source.name() + " is not a valid model of layout " + layout + ": " + e.getMessage(), e);
        }
    }

    private static int heads(StateDict source, Layout layout, NameTable names, WeightsImportOptions options) {
        int inferred = layout == Layout.TINY_TRANSFORMER
                ? 1
                : names.heads(source.names())
                        .orElseGet(() -> CheckpointSettings.of(source).heads().orElse(0));
        int given = options.heads().orElse(inferred);
        if (given == 0) {
            throw new IllegalArgumentException(
                    "the number of attention heads cannot be inferred from its tensors; give it ("
                            + likely(source, names) + ")");
        }
        if (inferred != 0 && inferred != given) {
            throw new IllegalArgumentException("it has " + inferred + " attention heads, not " + given);
        }
        return given;
    }

    /** What the width says of the heads: most models have heads of 64 features. */
    private static String likely(StateDict source, NameTable names) {
        int width = new StateDictConfig(source, Layout.NANO_GPT, names, 1).size("tok_emb.weight", 1);
        return "the embedding size is " + width
                + (width % 64 == 0 ? "; with heads of 64 features, the usual size, there are " + width / 64 : "");
    }

    private LstmConfig lstm() {
        LstmConfig preset = (LstmConfig) layout.config();
        int layers = 0;
        while (has("lstm.weight_hh_l" + layers)) {
            layers++;
        }
        return new LstmConfig(
                layers,
                size("embedding.weight", 1),
                size("lstm.weight_hh_l0", 1),
                preset.contextLength(),
                size("embedding.weight", 0));
    }

    private TransformerConfig.Builder transformer() {
        TransformerConfig.Builder builder = transformer(layout).toBuilder();
        int layers = 0;
        while (has("blocks." + layers + ".mlp.fc.weight")) {
            layers++;
        }
        int width = size("tok_emb.weight", 1);
        boolean fused = has("blocks.0.attn.qkv.weight");
        int headSize = Math.max(1, width / heads);
        int shared = fused ? (size("blocks.0.attn.qkv.weight", 0) - width) / 2 : size("blocks.0.attn.k.weight", 0);
        CheckpointSettings settings = CheckpointSettings.of(source);
        builder.layers(layers)
                .embeddingSize(width)
                .vocabularySize(size("tok_emb.weight", 0))
                .heads(heads)
                .keyValueHeads(shared / headSize)
                .fused(fused)
                .hiddenSize(size("blocks.0.mlp.fc.weight", 0))
                .biases(new Biases(
                        has(fused ? "blocks.0.attn.qkv.bias" : "blocks.0.attn.q.bias"),
                        has("blocks.0.attn.proj.bias"),
                        has("blocks.0.mlp.fc.bias"),
                        has("head.bias")))
                .tiedHead(isTied());
        NormConfig norm = transformer(layout).norm();
        if (norm.kind() == NormConfig.Kind.LAYER && has("ln_f.weight") && !has("ln_f.bias")) {
            norm = new NormConfig(NormConfig.Kind.LAYER_UNBIASED, norm.epsilon(), norm.placement());
        }
        builder.norm(new NormConfig(norm.kind(), settings.normEpsilon().orElse(norm.epsilon()), norm.placement()));
        if (transformer(layout).positions() instanceof Positions.Rotary rotary) {
            builder.positions(new Positions.Rotary(
                    settings.ropeTheta().orElse(rotary.theta()),
                    rotary.interleaved(),
                    rotary.share(),
                    rotary.scaling()));
            settings.contextLength().ifPresent(builder::contextLength);
        }
        if (has("pos_emb.weight")) {
            builder.contextLength(size("pos_emb.weight", 0));
        } else if (has(SINUSOIDS)) {
            builder.contextLength(size(SINUSOIDS, 0));
        }
        return builder;
    }

    private static TransformerConfig transformer(Layout layout) {
        return (TransformerConfig) layout.config();
    }

    private boolean isTied() {
        if (!has(HEAD)) {
            return true;
        }
        return transformer(layout).tiedHead() && ModelWeights.isSame(source, tensor(HEAD), tensor("tok_emb.weight"));
    }

    private boolean has(String parameter) {
        return source.has(tensor(parameter));
    }

    private String tensor(String parameter) {
        return names.origin(parameter, heads).tensors().get(0);
    }

    /** The size of an axis of a parameter, by this library's name. */
    private int size(String parameter, int axis) {
        NameTable.Origin origin = names.origin(parameter, heads);
        String tensor = origin.tensors().get(0);
        if (!source.has(tensor)) {
            throw new IllegalArgumentException(
                    "it has no tensor " + tensor + "; it holds " + Listing.of(source.names()));
        }
        List<Long> shape = origin.form().ours(source.shape(tensor));
        if (shape.size() != 2) {
            throw new IllegalArgumentException("tensor " + tensor + " should be a matrix, but has shape "
                    + SafetensorsHeader.Tensor.shapeText(source.shape(tensor)));
        }
        long size = shape.get(axis);
        return Math.toIntExact(
                axis == 0 ? Math.multiplyExact(size, origin.tensors().size()) : size);
    }
}
