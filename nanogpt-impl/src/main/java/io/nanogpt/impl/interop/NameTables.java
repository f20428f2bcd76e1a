package io.nanogpt.impl.interop;

import static io.nanogpt.impl.interop.NameTable.Module.same;

import io.nanogpt.impl.interop.NameTable.Module;
import io.nanogpt.model.WeightsImportOptions.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The name tables of all layouts. Ours are the names of the caption notebook: {@code tok_emb}, {@code pos_emb},
 * {@code blocks.{i}}, {@code ln_f} and {@code head}, and in a block {@code ln1}, {@code attn.qkv} or {@code attn.q},
 * {@code attn.k} and {@code attn.v}, {@code attn.proj}, {@code ln2}, {@code mlp.fc}, {@code mlp.gate} and
 * {@code mlp.proj}.
 */
final class NameTables {
    /** The names in saved folders and in the caption notebook's checkpoints, which include the mask. */
    static final NameTable OURS = new NameTable(List.of(), Set.of("blocks.{i}.attn.mask", "blocks.{i}.attn.tril"));

    /** Separate linear layers for the queries, keys and values of each head, each with a mask. */
    private static final NameTable ALGOPATH = new NameTable(
            List.of(
                    same("tok_emb", "token_embedding_table"),
                    same("pos_emb", "position_embedding_table"),
                    same("blocks.{i}.attn.q", "blocks.{i}.sa.heads.{h}.query"),
                    same("blocks.{i}.attn.k", "blocks.{i}.sa.heads.{h}.key"),
                    same("blocks.{i}.attn.v", "blocks.{i}.sa.heads.{h}.value"),
                    same("blocks.{i}.attn.proj", "blocks.{i}.sa.proj"),
                    same("blocks.{i}.mlp.fc", "blocks.{i}.ffwd.net.0"),
                    same("blocks.{i}.mlp.proj", "blocks.{i}.ffwd.net.2"),
                    same("head", "lm_head")),
            Set.of("blocks.{i}.sa.heads.{h}.tril"));

    /** Homework 3; {@code pos_emd} is its sinusoidal position table. */
    private static final NameTable TINY_TRANSFORMER = new NameTable(
            List.of(
                    same("tok_emb", "token_emb"),
                    same("blocks.{i}.attn", "layers.{i}.attn"),
                    same("blocks.{i}.mlp.fc", "layers.{i}.ffnn.0"),
                    same("blocks.{i}.mlp.proj", "layers.{i}.ffnn.2"),
                    same("blocks.{i}.ln1.weight", "layers.{i}.rms1.scale"),
                    same("blocks.{i}.ln2.weight", "layers.{i}.rms2.scale"),
                    same("ln_f.weight", "rms_final.scale"),
                    same("head", "lm_head")),
            Set.of("pos_enc.pos_emd", "layers.{i}.attn.mask"));

    /** The CS336 stack with SwiGLU. */
    private static final NameTable TRANSFORMER_LM = transformerLm(
            same("blocks.{i}.mlp.gate", "layers.{i}.ffn.w1"), same("blocks.{i}.mlp.fc", "layers.{i}.ffn.w3"));

    /** The CS336 stack with SiLU. */
    private static final NameTable TRANSFORMER_LM_SILU = transformerLm(same("blocks.{i}.mlp.fc", "layers.{i}.ffn.w1"));

    /** Hugging Face's GPT-2, whose linear layers are Conv1D, that is transposed. */
    static final NameTable GPT2 = gpt2(new TensorForm.Transposed());

    /** nanoGPT's own checkpoints and those of minGPT: GPT-2's names with linear layers. */
    private static final NameTable NANO_GPT = gpt2(new TensorForm.Same());

    /** The book "Build a Large Language Model (From Scratch)". */
    private static final NameTable LLMS_FROM_SCRATCH = new NameTable(
            List.of(
                    same("blocks.{i}.attn.q", "trf_blocks.{i}.att.W_query"),
                    same("blocks.{i}.attn.k", "trf_blocks.{i}.att.W_key"),
                    same("blocks.{i}.attn.v", "trf_blocks.{i}.att.W_value"),
                    same("blocks.{i}.attn.proj", "trf_blocks.{i}.att.out_proj"),
                    same("blocks.{i}.mlp.fc", "trf_blocks.{i}.ff.layers.0"),
                    same("blocks.{i}.mlp.proj", "trf_blocks.{i}.ff.layers.2"),
                    same("blocks.{i}.ln1.weight", "trf_blocks.{i}.norm1.scale"),
                    same("blocks.{i}.ln1.bias", "trf_blocks.{i}.norm1.shift"),
                    same("blocks.{i}.ln2.weight", "trf_blocks.{i}.norm2.scale"),
                    same("blocks.{i}.ln2.bias", "trf_blocks.{i}.norm2.shift"),
                    same("ln_f.weight", "final_norm.scale"),
                    same("ln_f.bias", "final_norm.shift"),
                    same("head", "out_head")),
            Set.of("trf_blocks.{i}.att.mask"));

    /** llama2.c and Meta's own Llama checkpoints. */
    private static final NameTable LLAMA2_C = new NameTable(
            List.of(
                    same("tok_emb", "tok_embeddings"),
                    same("blocks.{i}.ln1", "layers.{i}.attention_norm"),
                    same("blocks.{i}.attn.q", "layers.{i}.attention.wq"),
                    same("blocks.{i}.attn.k", "layers.{i}.attention.wk"),
                    same("blocks.{i}.attn.v", "layers.{i}.attention.wv"),
                    same("blocks.{i}.attn.proj", "layers.{i}.attention.wo"),
                    same("blocks.{i}.ln2", "layers.{i}.ffn_norm"),
                    same("blocks.{i}.mlp.gate", "layers.{i}.feed_forward.w1"),
                    same("blocks.{i}.mlp.proj", "layers.{i}.feed_forward.w2"),
                    same("blocks.{i}.mlp.fc", "layers.{i}.feed_forward.w3"),
                    same("ln_f", "norm"),
                    same("head", "output")),
            Set.of("freqs_cos", "freqs_sin", "rope.freqs", "layers.{i}.attention.mask"));

    /** LitGPT's Llama models: queries, keys and values in one matrix, in that order. */
    private static final NameTable LIT_GPT = new NameTable(
            List.of(
                    same("tok_emb", "wte"),
                    same("blocks.{i}.ln1", "h.{i}.norm_1"),
                    same("blocks.{i}.attn.qkv", "h.{i}.attn.qkv"),
                    same("blocks.{i}.attn.proj", "h.{i}.attn.proj"),
                    same("blocks.{i}.ln2", "h.{i}.norm_2"),
                    same("blocks.{i}.mlp.gate", "h.{i}.mlp.fc_1"),
                    same("blocks.{i}.mlp.fc", "h.{i}.mlp.fc_2"),
                    same("blocks.{i}.mlp.proj", "h.{i}.mlp.proj"),
                    same("head", "lm_head")),
            Set.of("cos", "sin", "mask_cache"));

    /** The first minGPT, with a matrix each for queries, keys and values. */
    private static final NameTable MIN_GPT = new NameTable(
            List.of(
                    new NameTable.Module("pos_emb.weight", "pos_emb", new TensorForm.LeadingOne()),
                    same("blocks.{i}.attn.q", "blocks.{i}.attn.query"),
                    same("blocks.{i}.attn.k", "blocks.{i}.attn.key"),
                    same("blocks.{i}.attn.v", "blocks.{i}.attn.value"),
                    same("blocks.{i}.mlp.fc", "blocks.{i}.mlp.0"),
                    same("blocks.{i}.mlp.proj", "blocks.{i}.mlp.2")),
            Set.of("blocks.{i}.attn.mask"));

    private NameTables() {}

    /**
     * The table of a layout.
     *
     * @param gated whether the MLP has a third matrix, the gate
     */
    static NameTable of(Layout layout, boolean gated) {
        return switch (layout) {
            case CAPTIONS, LSTM -> OURS;
            case ALGOPATH -> ALGOPATH;
            case TINY_TRANSFORMER -> TINY_TRANSFORMER;
            case TRANSFORMER_LM -> gated ? TRANSFORMER_LM : TRANSFORMER_LM_SILU;
            case NANO_GPT -> NANO_GPT;
            case GPT2 -> GPT2;
            case LLAMA -> LlamaFamily.NAMES;
            case LLMS_FROM_SCRATCH -> LLMS_FROM_SCRATCH;
            case LLAMA2_C -> LLAMA2_C;
            case LIT_GPT -> LIT_GPT;
            case MIN_GPT -> MIN_GPT;
        };
    }

    /** Ignores norms and the third matrix, which ablations may keep in the file without using them. */
    private static NameTable transformerLm(Module... mlp) {
        List<Module> modules = new ArrayList<>(List.of(mlp));
        modules.addAll(List.of(
                same("tok_emb", "token_embeddings"),
                same("blocks.{i}.ln1", "layers.{i}.ln1"),
                same("blocks.{i}.attn.q", "layers.{i}.attn.q_proj"),
                same("blocks.{i}.attn.k", "layers.{i}.attn.k_proj"),
                same("blocks.{i}.attn.v", "layers.{i}.attn.v_proj"),
                same("blocks.{i}.attn.proj", "layers.{i}.attn.output_proj"),
                same("blocks.{i}.ln2", "layers.{i}.ln2"),
                same("blocks.{i}.mlp.proj", "layers.{i}.ffn.w2"),
                same("ln_f", "ln_final"),
                same("head", "lm_head")));
        Set<String> unused =
                Set.of("layers.{i}.ln1.weight", "layers.{i}.ln2.weight", "ln_final.weight", "layers.{i}.ffn.w3.weight");
        return new NameTable(modules, unused);
    }

    private static NameTable gpt2(TensorForm form) {
        return new NameTable(
                List.of(
                        same("tok_emb", "wte"),
                        same("pos_emb", "wpe"),
                        same("blocks.{i}.ln1", "h.{i}.ln_1"),
                        new Module("blocks.{i}.attn.qkv", "h.{i}.attn.c_attn", form),
                        new Module("blocks.{i}.attn.proj", "h.{i}.attn.c_proj", form),
                        same("blocks.{i}.ln2", "h.{i}.ln_2"),
                        new Module("blocks.{i}.mlp.fc", "h.{i}.mlp.c_fc", form),
                        new Module("blocks.{i}.mlp.proj", "h.{i}.mlp.c_proj", form),
                        same("head", "lm_head")),
                Set.of("h.{i}.attn.bias", "h.{i}.attn.masked_bias"));
    }
}
