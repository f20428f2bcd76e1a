package io.nanogpt.examples.cli;

import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.console.LossUnits;
import io.nanogpt.examples.cli.options.Escapes;
import io.nanogpt.examples.cli.options.RunLogSource;
import io.nanogpt.experiment.Run;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The {@code runs show} verb. */
@Command(
        name = "show",
        description = "Show the settings, losses and samples of a run.",
        footer = "  nanogpt runs show --runs my-runs 2026-11-21")
final class RunsShowCommand extends Verb {
    @Mixin
    private RunLogSource source = new RunLogSource();

    @Parameters(paramLabel = "ID", description = "id of a run, or its first characters")
    @SuppressWarnings("NullAway.Init") // required
    private String id;

    @Override
    public Integer call() {
        Run run = source.runs(List.of(id)).get(0);
        if (json()) {
            out().println(json(run));
        } else {
            print(run);
        }
        out().flush();
        return 0;
    }

    private void print(Run run) {
        Run.Measures measures = run.measures();
        out().printf("%s: %s%n", run.id(), run.label());
        out().printf("%s, started %s, version %s%n", state(run), run.startedAt(), run.version());
        run.error().ifPresent(error -> out().println("error: " + error));
        out().printf(
                        Locale.ROOT,
                        "%,d parameters, %,d training tokens, %,d tokens a step; %.1f s, %,.0f tokens/s%n",
                        measures.parameters(),
                        measures.trainTokens(),
                        measures.tokensPerStep(),
                        measures.seconds(),
                        measures.tokensPerSecond());
        out().println("seed " + run.seed());
        run.settings().forEach((name, value) -> out().println(name + " " + Escapes.show(value)));
        for (EvaluationPoint point : run.evaluations()) {
            out().printf(
                            Locale.ROOT,
                            "step %d, %.1f s: train loss %.4f, validation loss %.4f%s%n",
                            point.step(),
                            point.seconds(),
                            point.trainLoss(),
                            point.validationLoss(),
                            LossUnits.bitsPerByte(", ", point.bitsPerByte()));
        }
        for (Run.Sample sample : run.samples()) {
            out().println("step " + sample.step() + ": " + Escapes.show(sample.prompt() + sample.text()));
        }
    }

    private static String state(Run run) {
        return run.state().name().toLowerCase(Locale.ROOT);
    }

    private static JsonLine json(Run run) {
        Run.Measures measures = run.measures();
        JsonLine line = new JsonLine()
                .put("id", run.id())
                .put("label", run.label())
                .put("startedAt", run.startedAt().toString())
                .put("state", state(run))
                .put("version", run.version())
                .put("seed", run.seed())
                .put("settings", run.settings())
                .put("parameters", measures.parameters())
                .put("trainTokens", measures.trainTokens())
                .put("tokensPerStep", measures.tokensPerStep())
                .put("seconds", measures.seconds())
                .put("tokensPerSecond", measures.tokensPerSecond())
                .put(
                        "evaluations",
                        run.evaluations().stream().map(RunsShowCommand::map).toList())
                .put("samples", run.samples().stream().map(RunsShowCommand::map).toList());
        run.error().ifPresent(error -> line.put("error", error));
        return line;
    }

    private static Map<String, Object> map(EvaluationPoint point) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("step", point.step());
        map.put("seconds", point.seconds());
        map.put("trainLoss", point.trainLoss());
        map.put("validationLoss", point.validationLoss());
        point.bitsPerByte().ifPresent(bits -> map.put("bitsPerByte", bits));
        return map;
    }

    private static Map<String, Object> map(Run.Sample sample) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("step", sample.step());
        map.put("prompt", sample.prompt());
        map.put("text", sample.text());
        return map;
    }
}
