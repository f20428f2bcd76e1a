package io.nanogpt.impl.train;

import io.nanogpt.model.Architecture;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CustomOptimizer;
import io.nanogpt.train.Muon;
import io.nanogpt.train.OptimizationConfig;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.RowwiseAdagrad;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.Sgd;
import io.nanogpt.train.StoppingCriteria;
import io.nanogpt.train.TableRounding;
import io.nanogpt.train.TrainingConfig;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The settings of a run, named like the options of the command line. */
public final class RunSettings {
    private static final Pattern WORD = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");
    /** Numbers with more zeros than these are written with an exponent. */
    private static final int MOST_ZEROS = 12;

    private RunSettings() {}

    /**
     * The settings of model and training, in order; limits that are not set are omitted.
     *
     * @param weights the identity of those that the run begins with, if they are given
     */
    public static Map<String, String> of(Architecture architecture, TrainingConfig config, Optional<String> weights) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("architecture", architecture.kind());
        architecture.settings().forEach((name, value) -> settings.put(name(name), text(value)));
        weights.ifPresent(identity -> settings.put("initial-weights", identity));
        settings.put("batch-size", text(config.batchSize()));
        optimization(settings, config.optimization());
        config.localSteps().ifPresent(local -> {
            settings.put("local-steps", text(local.every()));
            settings.put("outer-optimizer", inOneLine(of(local.outer())));
        });
        limits(settings, config.stopping());
        settings.put("eval-every", text(config.evaluation().every()));
        settings.put("eval-batches", text(config.evaluation().batches()));
        settings.put("eval-full", text(config.evaluation().full()));
        settings.put("keep-best", text(config.evaluation().keepBest()));
        config.averaging().ifPresent(averaging -> {
            settings.put("average-decay", text(averaging.decay()));
            settings.put("average-every", text(averaging.every()));
            settings.put("average-keep", averaging.keep().name().toLowerCase(Locale.ROOT));
        });
        if (config.tableRounding() != TableRounding.NONE) {
            settings.put("table-rounding", name(config.tableRounding()));
        }
        settings.put("rollbacks", text(config.divergencePolicy().rollbacks()));
        settings.put("seed", text(config.seed()));
        return settings;
    }

    private static void optimization(Map<String, String> settings, OptimizationConfig optimization) {
        settings.put("accumulate", text(optimization.accumulate()));
        if (optimization.batches().warmup() > 0) {
            settings.put("batch-warmup", text(optimization.batches().warmup()));
        }
        if (optimization.batches().contextWarmup() > 0) {
            settings.put("context-warmup", text(optimization.batches().contextWarmup()));
        }
        ParameterGroups groups = optimization.groups();
        settings.putAll(of(groups.rest()));
        groups.groups()
                .forEach(group -> settings.put("optimizer of " + group.selector(), inOneLine(of(group.optimizer()))));
        settings.put("schedule", text(optimization.schedule()));
        if (optimization.momentumWarmup() > 0) {
            settings.put("momentum-warmup", text(optimization.momentumWarmup()));
        }
        if (Double.isFinite(optimization.gradientClip())) {
            settings.put("gradient-clip", text(optimization.gradientClip()));
        }
    }

    /** {@code adamw[learning-rate=0.001, ...]}. */
    private static String inOneLine(Map<String, String> optimizer) {
        return optimizer.entrySet().stream()
                .filter(setting -> !setting.getKey().equals("optimizer"))
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(", ", optimizer.get("optimizer") + "[", "]"));
    }

    private static Map<String, String> of(Optimizer optimizer) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("learning-rate", text(optimizer.learningRate()));
        switch (optimizer.kind()) {
            case ADAMW -> {
                AdamW adamW = (AdamW) optimizer;
                settings.put("optimizer", "adamw");
                settings.put("betas", text(adamW.beta1()) + "," + text(adamW.beta2()));
                settings.put("epsilon", text(adamW.epsilon()));
                settings.put("weight-decay", text(adamW.weightDecay()));
                settings.put("decay", adamW.decay().name().toLowerCase(Locale.ROOT));
            }
            case MUON -> {
                Muon muon = (Muon) optimizer;
                settings.put("optimizer", "muon");
                settings.put("momentum", text(muon.momentum()));
                settings.put("nesterov", text(muon.nesterov()));
                settings.put("coefficients", name(muon.coefficients()));
                settings.put("iterations", text(muon.iterations()));
                settings.put("scale", name(muon.scale()));
                settings.put("normalized-rows", text(muon.normalizesRows()));
                settings.put("weight-decay", text(muon.weightDecay()));
                settings.put("cautious", text(muon.cautious()));
                settings.put("splits", text(muon.splits()));
            }
            case CUSTOM -> {
                settings.put("optimizer", ((CustomOptimizer) optimizer).rule().description());
                settings.put("weight-decay", text(((CustomOptimizer) optimizer).weightDecay()));
            }
            case SGD -> {
                Sgd sgd = (Sgd) optimizer;
                settings.put("optimizer", "sgd");
                settings.put("momentum", text(sgd.momentum()));
                settings.put("nesterov", text(sgd.nesterov()));
                settings.put("weight-decay", text(sgd.weightDecay()));
            }
            case ROWWISE_ADAGRAD -> {
                settings.put("optimizer", "rowwise-adagrad");
                settings.put("epsilon", text(((RowwiseAdagrad) optimizer).epsilon()));
            }
        }
        return settings;
    }

    /** {@code cosine[warmup=100, floor=0.1]}; {@code own} for a schedule that is not a record. */
    private static String text(Schedule schedule) {
        if (!(schedule instanceof Record)) {
            return "own";
        }
        String text = schedule.toString().replace("[]", "");
        int end = text.indexOf('[');
        return end < 0 ? name(text) : name(text.substring(0, end)) + text.substring(end);
    }

    private static void limits(Map<String, String> settings, StoppingCriteria stopping) {
        if (stopping.steps() < Integer.MAX_VALUE) {
            settings.put("steps", text(stopping.steps()));
        }
        if (Double.isFinite(stopping.epochs())) {
            settings.put("epochs", text(stopping.epochs()));
        }
        if (stopping.tokens() < Long.MAX_VALUE) {
            settings.put("tokens", text(stopping.tokens()));
        }
        if (stopping.patience() < Integer.MAX_VALUE) {
            settings.put("early-stop", text(stopping.patience()));
        }
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code embeddingSize} as {@code embedding-size}. */
    private static String name(String name) {
        return name.equals("fusedQueryKeyValue")
                ? "fused"
                : WORD.matcher(name).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    /** Formats a value for people; equal numbers have equal texts, whatever their type, strings included. */
    public static String text(Object value) {
        // toString gives the shortest decimal of a float, which its value as a double would not have.
        String text = value.toString();
        if (!NUMBER.matcher(text).matches()) {
            return text;
        }
        BigDecimal number = new BigDecimal(text).stripTrailingZeros();
        return Math.abs(number.scale()) > MOST_ZEROS ? number.toString() : number.toPlainString();
    }
}
