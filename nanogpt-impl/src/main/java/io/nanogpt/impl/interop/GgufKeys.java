package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.gguf.GgufMetadata;
import io.nanogpt.model.Positions;
import io.nanogpt.model.RotaryScaling;
import io.nanogpt.model.TransformerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The metadata of a model in a GGUF file, whose keys begin with the name of its architecture, and what its tensors say
 * besides.
 *
 * @param architecture the prefix of the keys
 * @param vocabularySize rows of the token embedding
 * @param tensors names of all tensors
 * @param divisors of the rotary frequencies, {@link #DIVISORS}; empty if there are none
 */
record GgufKeys(
        GgufMetadata metadata, String architecture, int vocabularySize, Set<String> tensors, List<Float> divisors) {
    static final String ARCHITECTURE = "general.architecture";
    static final String EMBEDDING = "token_embd.weight";
    /** A tensor with a divisor for each rotary frequency. */
    static final String DIVISORS = "rope_freqs.weight";

    static final String LAYERS = "block_count";
    static final String CONTEXT = "context_length";
    static final String WIDTH = "embedding_length";
    static final String HIDDEN = "feed_forward_length";
    static final String HEADS = "attention.head_count";
    static final String SHARED_HEADS = "attention.head_count_kv";
    static final String KEY_SIZE = "attention.key_length";
    static final String VALUE_SIZE = "attention.value_length";
    static final String RMS_EPSILON = "attention.layer_norm_rms_epsilon";
    static final String EPSILON = "attention.layer_norm_epsilon";
    static final String THETA = "rope.freq_base";
    static final String TURNED = "rope.dimension_count";
    static final String SCALING = "rope.scaling.type";
    static final String DIVISOR = "rope.scaling.factor";
    static final String PARALLEL = "use_parallel_residual";
    static final String WINDOW = "attention.sliding_window";
    static final String WINDOW_PATTERN = "attention.sliding_window_pattern";
    static final String WINDOW_THETA = "rope.freq_base_swa";
    static final String ATTENTION_CAP = "attn_logit_softcapping";
    static final String LOGIT_CAP = "final_logit_softcapping";

    private static final int MOST_LAYERS = 1024;

    private String key(String name) {
        return architecture + "." + name;
    }

    boolean hasTensor(String name) {
        return tensors.contains(name);
    }

    int size(String name) {
        return (int) metadata.integer(key(name), 1, Integer.MAX_VALUE);
    }

    int size(String name, int absent) {
        return metadata.has(key(name)) ? size(name) : absent;
    }

    double number(String name, double absent) {
        return metadata.number(key(name), absent);
    }

    boolean flag(String name, boolean absent) {
        return metadata.flag(key(name), absent);
    }

    NanogptException unsupported(String name, String what) {
        return metadata.error(key(name), what);
    }

    /** A configuration with the sizes and the head. */
    TransformerConfig.Builder sizes() {
        int heads = size(HEADS);
        return TransformerConfig.builder()
                .layers((int) metadata.integer(key(LAYERS), 1, MOST_LAYERS))
                .embeddingSize(size(WIDTH))
                .contextLength(size(CONTEXT))
                .vocabularySize(vocabularySize)
                .heads(heads)
                .keyValueHeads(size(SHARED_HEADS, heads))
                .hiddenSize(size(HIDDEN))
                .tiedHead(!hasTensor("output.weight"));
    }

    /** The head size of the variations: 0 where a head has its share of the width. */
    int headSize() {
        int width = size(WIDTH);
        int heads = size(HEADS);
        int size = size(KEY_SIZE, Math.max(1, width / heads));
        if (size(VALUE_SIZE, size) != size) {
            throw unsupported(VALUE_SIZE, "differs from " + key(KEY_SIZE) + ", which is not supported");
        }
        return width % heads == 0 && size == width / heads ? 0 : size;
    }

    Positions.Rotary rotary() {
        int width = size(WIDTH);
        int headSize = size(KEY_SIZE, Math.max(1, width / size(HEADS)));
        int turned = size(TURNED, headSize);
        if (turned > headSize) {
            throw unsupported(TURNED, "is above the head size " + headSize);
        }
        return new Positions.Rotary(number(THETA, 10_000), false, (double) turned / headSize, scaling());
    }

    private RotaryScaling scaling() {
        if (!divisors.isEmpty()) {
            List<Double> wide = new ArrayList<>();
            divisors.forEach(divisor -> wide.add((double) divisor));
            return new RotaryScaling.LongRope(wide, wide, 1, size(CONTEXT));
        }
        String kind = metadata.text(key(SCALING)).orElse("none");
        return switch (kind) {
            case "none" -> new RotaryScaling.None();
            case "linear" -> new RotaryScaling.Linear(number(DIVISOR, 1));
            default ->
                throw unsupported(SCALING, "is " + kind + ", which is not supported; supported are none, linear");
        };
    }

    /** Adds what {@link #sizes} and {@link #headSize} read. */
    static void writeSizes(String architecture, TransformerConfig config, GgufMetadata.Builder to) {
        String prefix = architecture + ".";
        to.put(prefix + LAYERS, config.size().layers())
                .put(prefix + CONTEXT, config.contextLength())
                .put(prefix + WIDTH, config.size().embeddingSize())
                .put(prefix + HIDDEN, config.mlp().hiddenSize())
                .put(prefix + HEADS, config.attention().heads())
                .put(prefix + SHARED_HEADS, config.attention().keyValueHeads());
    }

    /** Adds what {@link #rotary} reads, but for the divisors. */
    static void writeRotary(String architecture, TransformerConfig config, GgufMetadata.Builder to) {
        String prefix = architecture + ".";
        Positions.Rotary rotary = (Positions.Rotary) config.positions();
        to.put(prefix + KEY_SIZE, config.headSize())
                .put(prefix + VALUE_SIZE, config.headSize())
                .put(prefix + TURNED, rotary.turned(config.headSize()))
                .put(prefix + THETA, (float) rotary.theta());
        if (rotary.scaling() instanceof RotaryScaling.Linear linear) {
            to.put(prefix + SCALING, "linear").put(prefix + DIVISOR, (float) linear.divisor());
        }
    }
}
