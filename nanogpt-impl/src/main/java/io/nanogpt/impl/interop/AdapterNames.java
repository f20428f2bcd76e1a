package io.nanogpt.impl.interop;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.lora.AdaptedArchitecture;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.TransformerConfig;
import io.nanogpt.train.LoraConfig;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The linear layers of a model that can have adapters, by their names in transformers, or here where it has no equivalent. */
public final class AdapterNames {
    private final Architecture base;
    private final Optional<HuggingFaceConfig> theirs;
    /** The linear layers: names of weights here, and of layers there. */
    private final Map<String, String> modules = new LinkedHashMap<>();

    /**
     * Of a model.
     *
     * @param transformer the configuration of its architecture, if it is one of this library's transformers
     */
    public AdapterNames(Architecture base, Optional<TransformerConfig> transformer) {
        this.base = base;
        theirs = transformer.flatMap(HuggingFaceConfig::of);
        AdaptedArchitecture.linearWeights(base).forEach(spec -> modules.put(spec.name(), name(spec.name())));
    }

    private String name(String weight) {
        return theirs.map(config -> config.family().prefix()
                        + origin(config, weight).tensors().get(0))
                .map(AdaptedArchitecture::module)
                .orElseGet(() -> AdaptedArchitecture.module(weight));
    }

    private static NameTable.Origin origin(HuggingFaceConfig config, String weight) {
        return config.names().origin(weight, 1);
    }

    Architecture base() {
        return base;
    }

    /** The name of the layer of a weight. */
    String module(String weight) {
        return modules.getOrDefault(weight, weight);
    }

    /** The weight of a layer, if there is such a layer. */
    Optional<String> weight(String module) {
        return modules.entrySet().stream()
                .filter(entry -> entry.getValue().equals(module))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** How theirs has the rows of a weight; an adapter of a transposed weight is not transposed. */
    TensorForm rows(String weight) {
        TensorForm form = theirs.map(config -> origin(config, weight).form()).orElseGet(TensorForm.Same::new);
        return form instanceof TensorForm.Transposed ? new TensorForm.Same() : form;
    }

    /** Whether transformers has the weights of linear layers transposed, as PEFT must know. */
    boolean isTransposed() {
        return theirs.stream()
                .flatMap(config -> modules.keySet().stream()
                        .map(weight -> origin(config, weight).form()))
                .anyMatch(TensorForm.Transposed.class::isInstance);
    }

    /**
     * The architecture with adapters for the targets of a configuration.
     *
     * @throws IllegalArgumentException if a target is no linear layer, with the names that there are
     */
    public AdaptedArchitecture adapt(LoraConfig config) {
        Set<String> weights = new LinkedHashSet<>();
        Set<String> unused = new LinkedHashSet<>(config.targets());
        for (ParameterSpec spec : AdaptedArchitecture.linearWeights(base)) {
            if (config.targets().isEmpty() && spec.role() == ParameterSpec.Role.HIDDEN) {
                weights.add(spec.name());
            }
            for (String target : config.targets()) {
                if (isNamed(module(spec.name()), target) || isNamed(AdaptedArchitecture.module(spec.name()), target)) {
                    weights.add(spec.name());
                    unused.remove(target);
                }
            }
        }
        if (!unused.isEmpty() || weights.isEmpty()) {
            throw new IllegalArgumentException("adapters are for linear layers, but this model has none"
                    + (unused.isEmpty() ? "" : " named " + String.join(", ", unused)) + "; it has " + shortNames());
        }
        return new AdaptedArchitecture(base, config, weights);
    }

    private Set<String> shortNames() {
        Set<String> names = new TreeSet<>();
        modules.values().forEach(module -> names.add(last(module)));
        return names;
    }

    private static boolean isNamed(String module, String target) {
        return module.equals(target) || module.endsWith("." + target);
    }

    private static String last(String module) {
        return module.substring(module.lastIndexOf('.') + 1);
    }

    /** Names that select exactly these weights: the last part of each, or all of it where others have the same. */
    List<String> targets(List<String> weights) {
        Set<String> targets = new TreeSet<>();
        for (String weight : weights) {
            String name = last(module(weight));
            boolean shared = modules.entrySet().stream()
                    .anyMatch(entry -> last(entry.getValue()).equals(name) && !weights.contains(entry.getKey()));
            targets.add(shared ? module(weight) : name);
        }
        return List.copyOf(targets);
    }
}
