package io.nanogpt.impl.experiment;

import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Statistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/** Builds result tables: finds the settings that differ between runs, and groups runs by seed. */
final class Tables {
    private static final double CONFIDENCE = 0.95;

    private Tables() {}

    /** The key by which runs that differ only in their seeds are grouped. */
    private record Group(String label, Map<String, String> settings) {}

    static ResultTable of(ResultTable.Kind kind, List<Run> runs) {
        List<String> differing = differing(runs);
        List<ResultTable.Row> rows = new ArrayList<>();
        if (kind == ResultTable.Kind.RUN) {
            runs.forEach(run -> rows.add(row(differing, List.of(run), List.of(run))));
        } else {
            Map<Group, List<Run>> groups = new LinkedHashMap<>();
            for (Run run : runs) {
                groups.computeIfAbsent(new Group(run.label(), run.settings()), group -> new ArrayList<>())
                        .add(run);
            }
            for (List<Run> group : groups.values()) {
                rows.add(row(
                        differing,
                        group,
                        group.stream()
                                .filter(run -> run.state() == Run.State.FINISHED)
                                .toList()));
            }
        }
        return new ResultTable(kind, differing, rows);
    }

    /** The settings that differ between at least two runs. */
    private static List<String> differing(List<Run> runs) {
        Set<String> names = new LinkedHashSet<>();
        runs.forEach(run -> names.addAll(run.settings().keySet()));
        return names.stream()
                .filter(name -> runs.stream()
                                // A run that failed before it started has only its requested settings.
                                .filter(run -> run.settings().containsKey(name)
                                        || run.measures().parameters() > 0)
                                .map(run -> Objects.toString(run.settings().get(name)))
                                .distinct()
                                .count()
                        > 1)
                .toList();
    }

    private static ResultTable.Row row(List<String> differing, List<Run> runs, List<Run> measured) {
        Run first = runs.get(0);
        Map<String, String> settings = new LinkedHashMap<>();
        for (String name : differing) {
            String value = first.settings().get(name);
            if (value != null) {
                settings.put(name, value);
            }
        }
        return new ResultTable.Row(
                first.label(),
                settings,
                runs,
                statistics(measured, Run::finalTrainLoss),
                statistics(measured, Run::finalValidationLoss),
                statistics(measured, Run::bestValidationLoss),
                statistics(measured, run -> OptionalDouble.of(run.measures().seconds())));
    }

    private static Statistics statistics(List<Run> runs, Function<Run, OptionalDouble> value) {
        return Samples.describe(
                CONFIDENCE,
                runs.stream().map(value).flatMapToDouble(OptionalDouble::stream).toArray());
    }
}
