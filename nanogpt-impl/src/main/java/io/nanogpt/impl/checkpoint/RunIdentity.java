package io.nanogpt.impl.checkpoint;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.data.TokenizerHash;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.train.Snapshot;
import io.nanogpt.model.Architecture;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.BatchSchedule;
import io.nanogpt.train.CustomOptimizer;
import io.nanogpt.train.Muon;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.Sgd;
import io.nanogpt.train.TrainingConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The settings that a run must share with the run that it resumes. The data cursor identifies its data. */
public final class RunIdentity {
    private static final String MODEL = "model";
    private static final String ARITHMETIC = "arithmetic";
    private static final String INITIAL_WEIGHTS = "initialWeights";
    private static final String RANDOM = "random";
    private static final String LOCAL_STEPS = "localSteps";
    private static final String NONE = "none";

    private final Model model;
    private final TrainingConfig config;
    private final Optional<String> arithmetic;

    /**
     * The model of a run.
     *
     * @param initialWeights the identity of those that the run begins with; empty for random ones
     * @param recordEnd where generation ends, for the models that checkpoints hold
     */
    public record Model(
            Architecture architecture,
            Tokenizer tokenizer,
            Optional<String> initialWeights,
            Optional<String> recordEnd) {}

    /**
     * Of a run.
     *
     * @param arithmetic the numbers and instructions on which the last bits depend, for people; empty where a backend
     *     computes whose results depend on more than that
     */
    public RunIdentity(Model model, TrainingConfig config, Optional<String> arithmetic) {
        this.model = model;
        this.config = config;
        this.arithmetic = arithmetic;
    }

    /** What a checkpoint records of a run, readable for people. */
    Map<String, String> recorded() {
        Map<String, String> recorded = settings();
        arithmetic.ifPresent(value -> recorded.put(ARITHMETIC, value));
        return recorded;
    }

    /** The settings that must be the same. */
    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        Architecture architecture = model.architecture();
        settings.put(MODEL, architecture.kind() + " " + new TreeMap<>(architecture.settings()));
        settings.put("tokenizer", TokenizerHash.of(model.tokenizer()));
        settings.put(INITIAL_WEIGHTS, model.initialWeights().orElse(RANDOM));
        settings.put("seed", Long.toString(config.seed()));
        settings.put("batchSize", Integer.toString(config.batchSize()));
        settings.put("accumulate", batches(config.optimization().batches()));
        int contextWarmup = config.optimization().batches().contextWarmup();
        settings.put("contextWarmup", contextWarmup == 0 ? NONE : Integer.toString(contextWarmup));
        settings.put("optimizer", optimizers());
        settings.put(
                LOCAL_STEPS,
                config.localSteps()
                        .map(local -> local.every() + ", outer optimizer " + name(local.outer()))
                        .orElse(NONE));
        config.averaging()
                .ifPresent(averaging -> settings.put(
                        "averaging", "decay " + averaging.decay() + " every " + averaging.every() + " steps"));
        return settings;
    }

    private static String batches(BatchSchedule batches) {
        return batches.most() + (batches.warmup() == 0 ? "" : " after a warm-up of " + batches.warmup() + " steps");
    }

    /** What decides which state a checkpoint holds: rates and the like may change when a run is resumed. */
    private String optimizers() {
        ParameterGroups groups = config.optimization().groups();
        return groups.groups().stream()
                .map(group -> group.selector() + ": " + name(group.optimizer()) + ", ")
                .collect(Collectors.joining("", "", name(groups.rest())));
    }

    private static String name(Optimizer optimizer) {
        return switch (optimizer.kind()) {
            case ADAMW -> "AdamW";
            case SGD -> ((Sgd) optimizer).momentum() > 0 ? "Sgd with momentum" : "Sgd";
            case MUON -> ((Muon) optimizer).normalizesRows() ? "Muon with normalized rows" : "Muon";
            case ROWWISE_ADAGRAD -> "RowwiseAdagrad";
            case CUSTOM -> ((CustomOptimizer) optimizer).rule().description();
        };
    }

    /**
     * Refuses a checkpoint of another run.
     *
     * @throws NanogptException naming the setting that differs
     */
    void requireSame(TrainingState state, Path checkpoint) {
        settings().forEach((name, value) -> {
            // Older checkpoints do not have it, and are of runs from random weights.
            String absent = name.equals(INITIAL_WEIGHTS) ? RANDOM : NONE;
            String then = state.settings().getOrDefault(name, absent);
            if (!value.equals(then)) {
                boolean many = name.equals(MODEL);
                throw new NanogptException(
                        "cannot resume from " + checkpoint + ": it was written by a run with another "
                                + name + " (" + (many ? without(then, value) : then) + ") than this one ("
                                + (many ? without(value, then) : value)
                                + "); give the same, or choose another folder for the"
                                + " checkpoints of a new run");
            }
        });
    }

    /** The settings of a model that another model does not have; all of them if there are none. */
    private static String without(String model, String other) {
        Set<String> known = Set.copyOf(parts(other));
        List<String> own =
                parts(model).stream().filter(part -> !known.contains(part)).toList();
        return own.isEmpty() ? model : String.join(", ", own);
    }

    private static List<String> parts(String model) {
        return List.of(model.replace("{", "").replace("}", "").split(", "));
    }

    /** What differs between the arithmetic of two runs and changes the bits of what follows; empty if nothing. */
    Optional<String> otherArithmetic(TrainingState state, Path checkpoint) {
        String then = state.settings().get(ARITHMETIC);
        if (then == null || arithmetic.isEmpty() || then.equals(arithmetic.get())) {
            return Optional.empty();
        }
        return Optional.of(checkpoint + " was written with " + then + ", and this run computes with " + arithmetic.get()
                + ": from here on the losses and weights differ from those of a run that goes on as it began; resume it"
                + " with " + then + " for the same bits");
    }

    /** Writes a model that {@code LanguageModel.load} reads, its weights under the names of its parameters. */
    void writeModel(Path folder, Snapshot snapshot) {
        new ModelFolder(folder)
                .write(
                        model.architecture(),
                        Optional.empty(),
                        model.tokenizer(),
                        snapshot,
                        new ModelFolder.About(Optional.empty(), model.recordEnd()));
    }
}
