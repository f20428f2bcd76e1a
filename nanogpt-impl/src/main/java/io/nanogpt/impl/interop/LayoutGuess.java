package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.model.WeightsImportOptions.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Recognises the layout of weights by their names and shapes. */
final class LayoutGuess {
    /** The tensors by which a layout is recognised: all must be there. */
    private record Mark(Layout layout, List<String> tensors) {}

    /** In order: the first that fits counts. */
    private static final List<Mark> MARKS = List.of(
            new Mark(Layout.LSTM, List.of("embedding.weight", "lstm.weight_hh_l0")),
            new Mark(Layout.LLMS_FROM_SCRATCH, List.of("tok_emb.weight", "trf_blocks.0.att.W_query.weight")),
            new Mark(Layout.MIN_GPT, List.of("tok_emb.weight", "pos_emb", "blocks.0.attn.query.weight")),
            new Mark(Layout.CAPTIONS, List.of("tok_emb.weight", "blocks.0.attn.qkv.weight", "blocks.0.mlp.fc.weight")),
            new Mark(Layout.ALGOPATH, List.of("token_embedding_table.weight", "blocks.0.sa.heads.0.query.weight")),
            new Mark(Layout.TINY_TRANSFORMER, List.of("token_emb.weight", "layers.0.ffnn.0.weight")),
            new Mark(Layout.TRANSFORMER_LM, List.of("token_embeddings.weight", "layers.0.attn.q_proj.weight")),
            new Mark(Layout.LIT_GPT, List.of("wte.weight", "h.0.attn.qkv.weight", "h.0.mlp.fc_1.weight")),
            new Mark(Layout.LLAMA2_C, List.of("tok_embeddings.weight", "layers.0.attention.wq.weight")),
            new Mark(
                    Layout.LLAMA,
                    List.of(
                            "embed_tokens.weight",
                            "layers.0.self_attn.q_proj.weight",
                            "layers.0.input_layernorm.weight",
                            "layers.0.post_attention_layernorm.weight",
                            "layers.0.mlp.gate_proj.weight")));

    private static final String PACKED = "h.0.attn.c_attn.weight";

    private LayoutGuess() {}

    /**
     * The layout of weights.
     *
     * @throws NanogptException if they are of none that is known
     */
    static Layout of(StateDict source) {
        return gpt2(source)
                .or(() -> MARKS.stream()
                        .filter(mark -> mark.tensors().stream().allMatch(source::has))
                        .map(Mark::layout)
                        .findFirst())
                .orElseThrow(() -> new NanogptException(source.name()
                        + " has no config.json beside it, and tensors of no known layout: "
                        + Listing.of(source.names()) + "; give a layout, one of "
                        + Arrays.stream(Layout.values()).map(Layout::toString).collect(Collectors.joining(", "))
                        + ", or for a model of Hugging Face's transformers its folder with config.json"));
    }

    /** GPT-2's names, whose matrices are {@code (inputs, outputs)} in transformers only. */
    private static Optional<Layout> gpt2(StateDict source) {
        if (!source.has("wte.weight") || !source.has(PACKED)) {
            return Optional.empty();
        }
        List<Long> packed = source.shape(PACKED);
        long width = source.shape("wte.weight").size() == 2
                ? source.shape("wte.weight").get(1)
                : 0;
        return Optional.of(packed.size() == 2 && packed.get(0) == width ? Layout.GPT2 : Layout.NANO_GPT);
    }
}
