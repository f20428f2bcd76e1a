package io.nanogpt.impl.chart;

import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs grouped by a setting, and within that by all settings.
 *
 * @param name the setting, or otherwise the names of what distinguishes the groups
 * @param groups in numerical order, or, where values are not numbers, in the order of their first runs
 */
record RunGroups(String name, List<Group> groups) {
    static final String LABEL = "label";

    private static final String SEED = "seed";
    private static final String UNSET = "not set";
    /** Longer texts are not ordered as numbers: matching them would take a time that is not linear. */
    private static final int LONGEST_NUMBER = 100;
    /** Digits of a setting; a fraction has more only by rounding. */
    private static final int DIGITS = 6;

    RunGroups {
        groups = List.copyOf(groups);
    }

    /**
     * Runs with the same value of the setting.
     *
     * @param repeats runs of the same settings
     */
    record Group(String label, List<Repeats> repeats) {}

    /**
     * Runs that differ only in their seeds.
     *
     * @param label the group's label, and the other settings in which runs of the group differ
     */
    record Repeats(String label, List<Run> runs) {
        /** The finished runs. */
        List<Run> finished() {
            return runs.stream()
                    .filter(run -> run.state() == Run.State.FINISHED)
                    .toList();
        }

        /** The failed and unfinished runs. */
        List<Run> others() {
            return runs.stream()
                    .filter(run -> run.state() != Run.State.FINISHED)
                    .toList();
        }
    }

    /**
     * Groups runs.
     *
     * @param groupBy a setting; if empty, whatever distinguishes the runs
     * @throws IllegalArgumentException if there are no runs, or none has the setting
     */
    static RunGroups of(List<Run> runs, Optional<String> groupBy) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("there are no runs to draw; is this the folder of a run log?");
        }
        List<String> names = groupBy.map(List::of).orElseGet(() -> distinguishing(runs));
        groupBy.ifPresent(name -> requireKnown(name, runs));
        return by(runs, names);
    }

    /** Groups runs by all of some settings; by none, all runs are one group. */
    static RunGroups by(List<Run> runs, List<String> names) {
        Map<List<String>, List<Run>> byValues = new LinkedHashMap<>();
        for (Run run : runs) {
            List<String> values =
                    names.stream().map(name -> wholeValue(run, name)).toList();
            byValues.computeIfAbsent(values, key -> new ArrayList<>()).add(run);
        }
        List<Map.Entry<List<String>, List<Run>>> ordered = new ArrayList<>(byValues.entrySet());
        if (byValues.keySet().stream().allMatch(values -> values.size() == 1 && isNumber(values.get(0)))) {
            ordered.sort(Comparator.comparingDouble(
                    entry -> Double.parseDouble(entry.getKey().get(0))));
        }
        List<Group> groups = ordered.stream()
                .map(entry -> group(describe(entry.getValue().get(0), names), entry.getValue(), names))
                .toList();
        return new RunGroups(String.join(", ", names), groups);
    }

    /** The label of a group beside its curve: without the name of the setting, which the chart has once. */
    String shortLabel(int group) {
        String label = groups.get(group).label;
        return label.startsWith(name + " ") ? label.substring(name.length() + 1) : label;
    }

    boolean namesAreShortened() {
        return IntStream.range(0, groups.size())
                .anyMatch(group -> !shortLabel(group).equals(groups.get(group).label));
    }

    private static void requireKnown(String name, List<Run> runs) {
        Set<String> known = new TreeSet<>(Set.of(LABEL, SEED));
        runs.forEach(run -> known.addAll(run.settings().keySet()));
        if (!known.contains(name)) {
            throw new IllegalArgumentException(
                    "no run has the setting " + name + "; there are " + String.join(", ", known));
        }
    }

    private static Group group(String label, List<Run> runs, List<String> names) {
        List<String> others = new ArrayList<>(differing(runs));
        others.removeAll(names);
        List<ResultTable.Row> rows = ResultTable.overSeeds(runs).rows();
        List<Repeats> repeats = new ArrayList<>();
        for (ResultTable.Row row : rows) {
            String rest = describe(row.runs().get(0), others);
            repeats.add(new Repeats(rest.isEmpty() || rows.size() == 1 ? label : label + ", " + rest, row.runs()));
        }
        return new Group(label, repeats);
    }

    /**
     * The label, with the settings that differ between setups of one label, as those of two experiments may have; or the
     * settings that differ between runs, where they are fewer.
     */
    static List<String> distinguishing(List<Run> runs) {
        Map<String, List<Run>> byLabel = new LinkedHashMap<>();
        runs.forEach(run ->
                byLabel.computeIfAbsent(run.label(), label -> new ArrayList<>()).add(run));
        Set<String> ofLabels = new LinkedHashSet<>(Set.of(LABEL));
        byLabel.values()
                .forEach(same -> ofLabels.addAll(ResultTable.overSeeds(same).settings()));
        List<String> differing = differing(runs);
        return ofLabels.size() == 1 || ofLabels.size() < differing.size() ? List.copyOf(ofLabels) : differing;
    }

    /** The settings that differ between runs; the label if there are none. */
    static List<String> differing(List<Run> runs) {
        List<String> differing = ResultTable.overSeeds(runs).settings();
        return differing.isEmpty() ? List.of(LABEL) : differing;
    }

    /** The value of a setting on one line, shortened. */
    static String value(Run run, String name) {
        boolean isSetting =
                !name.equals(LABEL) && !name.equals(SEED) && run.settings().containsKey(name);
        String value = wholeValue(run, name);
        return isSetting ? VisibleText.value(number(value)) : VisibleText.shortened(value);
    }

    /** A fraction as people write it: 0.003 for 0.0029999999999999996, 1e-5 for 0.00001. */
    static String number(String value) {
        if (!isNumber(value) || !value.matches(".*[.eE].*")) {
            return value;
        }
        String rounded = Numbers.significant(Double.parseDouble(value), DIGITS);
        return rounded.length() < value.length() ? rounded : value;
    }

    private static String wholeValue(Run run, String name) {
        return switch (name) {
            case LABEL -> run.label();
            case SEED -> Long.toString(run.seed());
            default -> run.settings().getOrDefault(name, UNSET);
        };
    }

    private static String describe(Run run, List<String> names) {
        return VisibleText.shortened(names.stream()
                .map(name -> (name.equals(LABEL) ? "" : name + " ") + value(run, name))
                .collect(Collectors.joining(", ")));
    }

    private static boolean isNumber(String text) {
        return text.length() <= LONGEST_NUMBER && text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?");
    }

    List<Run> runs() {
        return groups.stream()
                .flatMap(group -> group.repeats.stream())
                .flatMap(repeats -> repeats.runs.stream())
                .toList();
    }
}
