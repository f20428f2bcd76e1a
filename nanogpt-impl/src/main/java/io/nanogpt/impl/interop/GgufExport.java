package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.gguf.GgufMetadata;
import io.nanogpt.impl.gguf.GgufWriter;
import io.nanogpt.impl.gguf.TensorType;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.GgufType;
import io.nanogpt.model.Positions;
import io.nanogpt.model.RotaryScaling;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.spi.ParameterSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a model as a GGUF file for llama.cpp. */
public final class GgufExport {
    /** The largest finite 16-bit float. */
    private static final float LARGEST_HALF = 65504;

    private final GgufFamily family;
    /** As llama.cpp has it: the weights have the same names, but for zeros that ours does not have. */
    private final TransformerConfig config;

    private final NameTable names;
    private final List<ParameterSpec> specs;

    private GgufExport(GgufFamily family, TransformerConfig config, NameTable names, List<ParameterSpec> specs) {
        this.family = family;
        this.config = config;
        this.names = names;
        this.specs = specs;
    }

    /**
     * Finds the architecture of llama.cpp that computes the same as a model.
     *
     * @param architectures the architecture of a configuration
     * @throws NanogptException if there is none, naming what llama.cpp lacks
     */
    public static GgufExport of(TransformerConfig given, Function<TransformerConfig, Architecture> architectures) {
        GgufFamily family = GgufFamily.nearest(given);
        TransformerConfig config = family.normalized(given);
        NameTable names = family.names(given);
        Architecture architecture = architectures.apply(config);
        List<ParameterSpec> specs = architecture.graph().parameters();
        TransformerConfig read = read(family, config, names, specs);
        if (!read.equals(config)) {
            throw new NanogptException("llama.cpp has no model that computes the same as this one; its nearest is "
                    + family.architecture() + ", which differs in "
                    + differences(
                            architecture.settings(), architectures.apply(read).settings())
                    + "; train a model with those settings, or export it as ONNX");
        }
        return new GgufExport(family, config, names, specs);
    }

    /** What reading the file of a model would give. */
    private static TransformerConfig read(
            GgufFamily family, TransformerConfig config, NameTable names, List<ParameterSpec> specs) {
        GgufMetadata.Builder metadata = GgufMetadata.builder();
        family.write(config, metadata);
        Set<String> tensors = new LinkedHashSet<>();
        specs.forEach(spec -> tensors.add(GgufModel.tensor(names, spec)));
        List<Float> divisors = new ArrayList<>();
        for (float divisor : divisors(config)) {
            divisors.add(divisor);
        }
        return family.read(new GgufKeys(
                metadata.build("the file"), family.architecture(), config.vocabularySize(), tensors, divisors));
    }

    private static String differences(Map<String, Object> ours, Map<String, Object> theirs) {
        Set<String> keys = new LinkedHashSet<>(ours.keySet());
        keys.addAll(theirs.keySet());
        return keys.stream()
                .filter(key -> !Objects.equals(ours.get(key), theirs.get(key)))
                .map(key -> key + " (" + text(theirs.get(key)) + ", not " + text(ours.get(key)) + ")")
                .collect(Collectors.joining(", "));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "none" : value.toString();
    }

    /** The divisors of the rotary frequencies that a tensor holds; none in most models. */
    private static float[] divisors(TransformerConfig config) {
        if (config.positions() instanceof Positions.Rotary rotary
                && rotary.scaling() instanceof RotaryScaling.LongRope scaling) {
            List<Double> wide = config.contextLength() > scaling.originalContextLength()
                    ? scaling.longDivisors()
                    : scaling.shortDivisors();
            float[] divisors = new float[wide.size()];
            for (int i = 0; i < divisors.length; i++) {
                divisors[i] = wide.get(i).floatValue();
            }
            return divisors;
        }
        return new float[0];
    }

    /** Adds what describes the model. */
    public void describe(GgufType type, GgufMetadata.Builder to) {
        to.put(GgufKeys.ARCHITECTURE, family.architecture())
                .put("general.type", "model")
                .put(
                        "general.file_type",
                        switch (type) {
                            case F32 -> 0;
                            case F16 -> 1;
                            case Q4_0 -> 2;
                            case Q8_0 -> 7;
                        })
                .put("general.quantization_version", 2)
                .put("nanogpt.version", ModelFolder.version());
        family.write(config, to);
        to.put(family.architecture() + ".vocab_size", config.vocabularySize());
    }

    /**
     * Writes a file, atomically.
     *
     * @throws NanogptException if a weight is beyond the numbers of the type
     */
    public void write(Path file, ParameterSource parameters, GgufType type, GgufMetadata metadata) {
        GgufWriter writer = new GgufWriter(metadata);
        float[] divisors = divisors(config);
        if (divisors.length > 0) {
            writer.add(GgufKeys.DIVISORS, List.of(divisors.length), TensorType.F32, () -> divisors);
        }
        RepackedParameters repacked = new RepackedParameters(parameters);
        for (ParameterSpec spec : specs) {
            NameTable.Origin origin = names.origin(spec.name(), 1);
            List<Integer> shape = Arrays.stream(spec.shape().sizes()).boxed().toList();
            TensorType stored = stored(spec, shape, type);
            writer.add(origin.tensors().get(0), shape, stored, () -> {
                float[] written = origin.form().write(repacked.read(spec), ModelWeights.shape(spec));
                requireRange(written, stored, spec.name());
                return written;
            });
        }
        writer.write(file);
    }

    /**
     * The type of a tensor: as llama.cpp's converter, vectors and positions are not rounded, and rows that are no whole
     * blocks are 16-bit floats; with 4 bits, the embedding and the head have 8.
     */
    private static TensorType stored(ParameterSpec spec, List<Integer> shape, GgufType type) {
        if (shape.size() < 2 || spec.name().startsWith("pos_emb")) {
            return TensorType.F32;
        }
        boolean table = spec.name().startsWith("tok_emb") || spec.name().startsWith("head");
        TensorType wanted = switch (type) {
            case F32 -> TensorType.F32;
            case F16 -> TensorType.F16;
            case Q8_0 -> TensorType.Q8_0;
            case Q4_0 -> table ? TensorType.Q8_0 : TensorType.Q4_0;
        };
        return shape.get(1) % wanted.block() == 0 ? wanted : TensorType.F16;
    }

    private static void requireRange(float[] values, TensorType type, String name) {
        if (type == TensorType.F32) {
            return;
        }
        for (float value : values) {
            if (!(Math.abs(value) <= LARGEST_HALF)) {
                throw new NanogptException("the weight " + name + " has the number " + value + ", which " + type
                        + " cannot hold; export it as F32");
            }
        }
    }
}
