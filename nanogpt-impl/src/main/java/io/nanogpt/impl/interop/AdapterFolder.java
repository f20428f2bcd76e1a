package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.lora.AdaptedArchitecture;
import io.nanogpt.spi.ParameterSource;
import io.nanogpt.train.LoraConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A low-rank adapter in the files of PEFT: {@code adapter_config.json} and {@code adapter_model.safetensors}. */
public final class AdapterFolder {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";
    private static final String FIRST = ".lora_A.weight";
    private static final String SECOND = ".lora_B.weight";
    /** Settings of PEFT that change what an adapter computes where they are given and not one of these values. */
    private static final Map<String, Object> UNSUPPORTED = Map.of(
            "bias", "none",
            "use_dora", false,
            "use_qalora", false,
            "lora_bias", false,
            "modules_to_save", List.of(),
            "rank_pattern", Map.of(),
            "alpha_pattern", Map.of(),
            "layer_replication", List.of(),
            "target_parameters", List.of(),
            "trainable_token_indices", List.of());

    private final Path folder;
    private final AdapterNames names;

    /** Creates a view of a folder that may not exist yet. */
    public AdapterFolder(Path folder, AdapterNames names) {
        this.folder = folder;
        this.names = names;
    }

    /**
     * An adapter.
     *
     * @param architecture with it
     * @param values of its parameters alone
     */
    public record Adapter(AdaptedArchitecture architecture, ParameterSource values) {}

    /**
     * Writes an adapter; each file is replaced atomically.
     *
     * @throws NanogptException if the folder cannot be written
     */
    public void write(AdaptedArchitecture adapted, ParameterSource parameters) {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        for (ParameterSpec spec : adapted.graph().trainedParameters()) {
            boolean second = spec.name().endsWith(SECOND);
            String end = second ? SECOND : FIRST;
            String weight = weight(spec.name(), end);
            writer.add(PREFIX + names.module(weight) + end, spec.shape(), values -> {
                parameters.read(spec.name(), values);
                if (second) {
                    float[] theirs = names.rows(weight).write(values.clone(), ModelWeights.shape(spec));
                    System.arraycopy(theirs, 0, values, 0, values.length);
                }
            });
        }
        try {
            AtomicFiles.createFolder(folder);
            writer.write(folder.resolve(WEIGHTS));
            byte[] config = JsonObjects.bytes(config(adapted));
            AtomicFiles.write(folder.resolve(CONFIG), out -> out.write(config));
        } catch (IOException | UncheckedIOException e) {
            throw new NanogptException("cannot save the adapter in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** The weight that an adapter's parameter belongs to. */
    private static String weight(String parameter, String end) {
        return parameter.substring(0, parameter.length() - end.length()) + ".weight";
    }

    private Map<String, Object> config(AdaptedArchitecture adapted) {
        LoraConfig lora = adapted.config();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("peft_type", "LORA");
        config.put("task_type", "CAUSAL_LM");
        config.put("base_model_name_or_path", JsonObjects.NULL);
        config.put("inference_mode", true);
        config.put("r", lora.rank());
        config.put("lora_alpha", lora.alpha() == Math.rint(lora.alpha()) ? (Object) (int) lora.alpha() : lora.alpha());
        config.put("lora_dropout", lora.dropout());
        config.put("use_rslora", lora.rankStabilized());
        config.put("target_modules", names.targets(adapted.weights()));
        config.put("fan_in_fan_out", names.isTransposed());
        config.put("bias", "none");
        return config;
    }

    /**
     * Reads an adapter.
     *
     * @throws NanogptException if a file is missing or broken, has what is not supported, or is of another model
     */
    public Adapter read() {
        for (String name : List.of(CONFIG, WEIGHTS)) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw new NanogptException(folder + " holds no " + name
                        + ", so it is not an adapter; give a folder that LanguageModel.saveAdapter or PEFT wrote");
            }
        }
        Map<String, Object> config = JsonObjects.read(folder.resolve(CONFIG));
        requireSupported(config);
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
            List<String> weights = weights(file);
            AdaptedArchitecture adapted = adapted(config, weights);
            return new Adapter(adapted, values(file, adapted));
        }
    }

    private void requireSupported(Map<String, Object> config) {
        if (!"LORA".equals(config.get("peft_type"))) {
            throw error(CONFIG, "peft_type is " + config.get("peft_type") + ", but only LORA is supported");
        }
        UNSUPPORTED.forEach((key, without) -> {
            Object value = config.get(key);
            if (value != null && !value.equals(without)) {
                throw error(CONFIG, key + " is " + value + ", which is not supported");
            }
        });
    }

    private NanogptException error(String file, String problem) {
        return new NanogptException(folder.resolve(file) + ": " + problem);
    }

    /** The weights that the tensors are adapters of. */
    private List<String> weights(SafetensorsFile file) {
        Set<String> weights = new LinkedHashSet<>();
        List<String> unknown = new ArrayList<>();
        for (String tensor : file.names()) {
            String end = tensor.endsWith(FIRST) ? FIRST : SECOND;
            boolean named = tensor.startsWith(PREFIX) && tensor.endsWith(end);
            names.weight(named ? tensor.substring(PREFIX.length(), tensor.length() - end.length()) : "")
                    .ifPresentOrElse(weights::add, () -> unknown.add(tensor));
        }
        if (!unknown.isEmpty() || weights.isEmpty()) {
            throw error(
                    WEIGHTS,
                    "it is an adapter of another model: this one has no linear layers for "
                            + (unknown.isEmpty() ? "it" : String.join(", ", unknown)));
        }
        return List.copyOf(weights);
    }

    private AdaptedArchitecture adapted(Map<String, Object> config, List<String> weights) {
        try {
            LoraConfig lora = new LoraConfig(
                    number(config, "r").intValue(),
                    number(config, "lora_alpha").doubleValue(),
                    config.containsKey("lora_dropout")
                            ? number(config, "lora_dropout").doubleValue()
                            : 0,
                    names.targets(weights),
                    Boolean.TRUE.equals(config.get("use_rslora")));
            return new AdaptedArchitecture(names.base(), lora, Set.copyOf(weights));
        } catch (IllegalArgumentException e) {
            throw error(CONFIG, String.valueOf(e.getMessage()));
        }
    }

    private Number number(Map<String, Object> config, String key) {
        if (config.get(key) instanceof Number number) {
            return number;
        }
        throw error(CONFIG, key + " must be a number, but is " + config.get(key));
    }

    private ParameterSource values(SafetensorsFile file, AdaptedArchitecture adapted) {
        List<ParameterSpec> specs = adapted.graph().trainedParameters();
        Map<String, float[]> values = new LinkedHashMap<>();
        for (ParameterSpec spec : specs) {
            boolean second = spec.name().endsWith(SECOND);
            String weight = weight(spec.name(), second ? SECOND : FIRST);
            String tensor = PREFIX + names.module(weight) + (second ? SECOND : FIRST);
            if (!file.names().contains(tensor)) {
                throw error(WEIGHTS, tensor + " is missing");
            }
            List<Long> shape = ModelWeights.shape(spec);
            if (!file.shape(tensor).equals(shape)) {
                throw error(
                        WEIGHTS,
                        tensor + " should be " + Shape.of(spec.shape().sizes()) + ", but is "
                                + SafetensorsHeader.Tensor.shapeText(file.shape(tensor)));
            }
            float[] theirs = file.floats(tensor);
            values.put(spec.name(), second ? names.rows(weight).read(theirs, shape) : theirs);
        }
        return new Values(specs, values);
    }

    /** Parameters in memory. */
    private record Values(List<ParameterSpec> specs, Map<String, float[]> values) implements ParameterSource {
        @Override
        public void read(String name, float[] destination) {
            float[] array = Objects.requireNonNull(values.get(name), name);
            System.arraycopy(array, 0, destination, 0, array.length);
        }
    }
}
