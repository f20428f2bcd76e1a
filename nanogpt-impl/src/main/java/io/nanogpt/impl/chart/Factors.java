package io.nanogpt.impl.chart;

import io.nanogpt.chart.RunChartOptions;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import io.nanogpt.impl.chart.RunGroups.Repeats;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs as a baseline and what differs from it.
 *
 * @param factors at least one, in the order of their first runs
 */
record Factors(Repeats baseline, List<Factor> factors) {
    private static final String SEVERAL = "several settings";
    /** Settings that are multiples of another unless they are given, such as the hidden size of the embedding size. */
    private static final Map<String, String> FOLLOWERS =
            Map.of("hidden-size", "embedding-size", "key-value-heads", "heads");

    /** Names of more settings than these are not listed. */
    private static final int MOST_NAMES = 3;

    Factors {
        factors = List.copyOf(factors);
    }

    /**
     * A setting, or several that change together.
     *
     * @param names of the settings
     * @param base their values in the baseline
     * @param variants the runs with other values, which are their labels
     */
    record Factor(List<String> names, String base, List<Repeats> variants) {
        Factor {
            names = List.copyOf(names);
            variants = List.copyOf(variants);
        }

        String name() {
            return names.size() > MOST_NAMES ? SEVERAL : String.join(", ", names);
        }
    }

    /**
     * The factors of runs; empty if no baseline was given and there is none from which every other run differs in one
     * factor of at least two.
     *
     * @throws IllegalArgumentException if no run has the label of the baseline
     */
    static Optional<Factors> of(List<Run> runs, RunChartOptions options) {
        List<ResultTable.Row> setups = ResultTable.overSeeds(runs).rows();
        if (options.baseline().isPresent()) {
            return Optional.of(about(given(setups, options.baseline().get()), setups))
                    .filter(Factors::hasVariants);
        }
        return setups.stream()
                .map(setup -> about(setup, setups))
                .filter(found -> found.factors.size() > 1 && found.isDisjoint())
                .findFirst();
    }

    private static ResultTable.Row given(List<ResultTable.Row> setups, String label) {
        return setups.stream()
                .filter(setup -> setup.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no run has the label " + label
                        + " of the baseline; there are "
                        + setups.stream().map(ResultTable.Row::label).distinct().collect(Collectors.joining(", "))));
    }

    private static Factors about(ResultTable.Row baseline, List<ResultTable.Row> setups) {
        Run base = baseline.runs().get(0);
        Map<List<String>, List<Repeats>> variants = new LinkedHashMap<>();
        for (ResultTable.Row setup : setups) {
            List<String> names = differing(base, setup.runs().get(0));
            if (!names.isEmpty()) {
                variants.computeIfAbsent(names, key -> new ArrayList<>())
                        .add(new Repeats(values(setup.runs().get(0), names), setup.runs()));
            }
        }
        List<Factor> factors = new ArrayList<>();
        variants.forEach((names, others) -> factors.add(new Factor(names, values(base, names), others)));
        return new Factors(new Repeats(baseline.label(), baseline.runs()), factors);
    }

    private static List<String> differing(Run base, Run other) {
        List<String> names = new ArrayList<>(base.settings().keySet());
        other.settings().keySet().stream().filter(name -> !names.contains(name)).forEach(names::add);
        names.removeIf(name -> isUnknown(base, name)
                || isUnknown(other, name)
                || Objects.equals(base.settings().get(name), other.settings().get(name)));
        names.removeAll(names.stream()
                .filter(name -> names.contains(FOLLOWERS.getOrDefault(name, "")) && isInProportion(name, base, other))
                .toList());
        return names;
    }

    /** Whether a run lacks a setting because it failed before it started, so that it has its requested settings alone. */
    private static boolean isUnknown(Run run, String name) {
        return !run.settings().containsKey(name) && run.measures().parameters() == 0;
    }

    /** Whether a setting has changed by the factor of the one that it follows. */
    private static boolean isInProportion(String name, Run base, Run other) {
        String leader = FOLLOWERS.getOrDefault(name, "");
        try {
            double before = number(base, name) / number(base, leader);
            return before == number(other, name) / number(other, leader);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static double number(Run run, String name) {
        return Double.parseDouble(run.settings().getOrDefault(name, ""));
    }

    private static String values(Run run, List<String> names) {
        return names.size() > MOST_NAMES
                ? VisibleText.shortened(run.label())
                : names.stream().map(name -> RunGroups.value(run, name)).collect(Collectors.joining(", "));
    }

    private boolean hasVariants() {
        return !factors.isEmpty();
    }

    /** Whether no setting is in two factors, as it would be in a grid of all combinations. */
    private boolean isDisjoint() {
        Set<String> seen = new HashSet<>();
        for (Factor factor : factors) {
            if (!Collections.disjoint(seen, factor.names)) {
                return false;
            }
            seen.addAll(factor.names);
        }
        return true;
    }
}
