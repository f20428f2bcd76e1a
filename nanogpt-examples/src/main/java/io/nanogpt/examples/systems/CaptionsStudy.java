package io.nanogpt.examples.systems;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Corpus.CaseFolding;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Trial;
import io.nanogpt.generate.GenerationGrid;
import io.nanogpt.generate.GenerationOptions;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Ablations of the caption GPT: text, learning rate, batch size, length of training and evaluation, one at a time. */
@Command(name = "captions", description = "Repeat the sweeps of the caption notebook, and generate captions.")
public final class CaptionsStudy extends Study {
    private static final double BASE_RATE = 1e-3;
    private static final int BASE_BATCH = 12;
    private static final int CONTEXT = 64;

    /** What the notebook reports, by the label of a run; it has no other figures. */
    private static final Map<String, String> NOTEBOOK = Map.ofEntries(
            Map.entry("baseline", "1.12 to 1.16"),
            Map.entry("learning-rate 1e-5", "2.71"),
            Map.entry("learning-rate 1e-4", "1.46"),
            Map.entry("learning-rate 0.01", "2.04"),
            Map.entry("batch-size 4", "1.48"),
            Map.entry("batch-size 32", "0.97"),
            Map.entry("batch-size 64", "0.93"),
            Map.entry("steps 6000", "0.95"),
            Map.entry("separator \\n", "1.15 to 1.17"),
            Map.entry("separator none", "1.15 to 1.17"),
            Map.entry("case lower", "1.14"),
            Map.entry("case upper", "1.19"));

    @Option(names = "--prompt", paramLabel = "TEXT", description = "beginning of the captions")
    private String prompt = "H&E";

    /** Trains every setting in turn; an interrupted study continues where it was. */
    public static void main(String[] arguments) {
        run(new CaptionsStudy(), arguments);
    }

    @Override
    void study() throws IOException {
        Corpus captions =
                data().map(path -> asInTheNotebook(Corpus.ofJson(path))).orElseGet(() -> sample(200));
        requireCharacters("--prompt", prompt, captions);
        int steps = steps(2_000, 40);
        result("samples", samples(captions, steps));
        Grid baseline = Experiment.grid()
                .base("separator", NOTEBOOK_SEPARATOR)
                .base("case", "keep")
                .base("learning-rate", BASE_RATE)
                .base("batch-size", BASE_BATCH)
                .base("steps", steps)
                .base("eval-every", interval(steps));
        Run plain = experiment("baseline", baseline, trial -> train(captions, trial))
                .get(0);
        if (plain.failed()) {
            throw new IllegalStateException(
                    "the baseline failed: " + plain.error().orElseThrow());
        }
        Map<String, Run> runs = new LinkedHashMap<>(Map.of("baseline", plain));
        sweep(captions, baseline, runs, "learning-rate", 1e-5, 1e-4, BASE_RATE, 1e-2, 5e-2);
        draw("rates", Charts.runs(RunPlot.RATES, List.copyOf(runs.values())));
        sweep(captions, baseline, runs, "batch-size", 2, 4, BASE_BATCH, 32, 64);
        sweep(captions, baseline, runs, "steps", steps, 3 * steps);
        for (Run slow : experiment(
                "steps at 1e-4",
                baseline.base("learning-rate", 1e-4).base("steps", 3 * steps),
                trial -> train(captions, trial))) {
            runs.put("steps " + 3 * steps + ", learning-rate 1e-4", slow);
        }
        sweep(captions, baseline, runs, "separator", NOTEBOOK_SEPARATOR, "\n", "");
        sweep(captions, baseline, runs, "case", "keep", "lower", "upper");
        sweep(captions, baseline, runs, "eval-every", intervals(steps).toArray());
        result("losses", losses(captions, runs));
        result("evaluation", evaluationCost(runs));
        result("texts", texts(captions, runs));
        writeCaptions(plain, trainingText(captions, plain));
    }

    private static int interval(int steps) {
        return Math.max(2, steps / 10);
    }

    /** The intervals of the notebook, as shares of a run of 2,000 steps. */
    private static Set<Object> intervals(int steps) {
        return Arrays.stream(new int[] {80, 40, 10, 4, 2})
                .mapToObj(evaluations -> evaluations == 10 ? interval(steps) : Math.max(1, steps / evaluations))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Trains with several values of one setting, and draws curves and finals of them. */
    private void sweep(Corpus captions, Grid baseline, Map<String, Run> all, String setting, Object... values) {
        List<Run> runs = experiment(setting, baseline.vary(setting, values), trial -> train(captions, trial));
        draw(setting + "-curves", Charts.runs(RunPlot.STEPS, runs, setting));
        draw(setting + "-finals", Charts.runs(RunPlot.FINALS, runs, setting));
        for (Run run : runs) {
            if (all.values().stream().noneMatch(other -> other.id().equals(run.id()))) {
                all.put(setting + " " + shown(setting(run, setting)), run);
            }
        }
    }

    /** A value of a setting as this study writes it: 1e-5, 0.01, 6000, \\n, none. */
    private static String shown(String value) {
        if (!value.matches("[0-9.eE-]+")) {
            return value.isEmpty() ? "none" : value.replace("\n", "\\n");
        }
        BigDecimal number = new BigDecimal(value).stripTrailingZeros();
        return number.compareTo(new BigDecimal("0.001")) < 0
                ? number.unscaledValue() + "e-" + number.scale()
                : number.toPlainString();
    }

    private LanguageModel train(Corpus captions, Trial trial) {
        GPT.Builder gpt = GPT.builder();
        if (data().isEmpty()) {
            gpt.layers(1).embeddingSize(32).contextLength(32);
        }
        return gpt.learningRate(trial.number("learning-rate"))
                .batchSize(trial.integer("batch-size"))
                .steps(trial.integer("steps"))
                .evaluateEvery(trial.integer("eval-every"))
                .evaluationBatches(size(50, 5))
                .training(trial::prepare)
                .train(text(captions, trial.text("separator"), trial.text("case")));
    }

    private static Corpus text(Corpus captions, String separator, String letters) {
        return captions.withSeparator(separator).withCase(CaseFolding.valueOf(letters.toUpperCase(Locale.ROOT)));
    }

    private static Corpus.Split split(Corpus captions, Run run) {
        return text(captions, setting(run, "separator"), setting(run, "case")).split(SplitOptions.defaults());
    }

    private static String trainingText(Corpus captions, Run run) {
        return split(captions, run).train();
    }

    /** What there is to train on, and how often a run sees it. */
    private String samples(Corpus captions, int steps) {
        Corpus.Split split = captions.split(SplitOptions.defaults());
        int context = size(CONTEXT, 32);
        long characters = split.train().length();
        long windows = (long) steps * BASE_BATCH;
        return String.format(
                Locale.ROOT,
                "%,d captions are %,d characters with their separators: %,d to train on, %,d to validate. A sample is a"
                        + " window of %d characters and the %d that follow each of them; it may begin at any of"
                        + " %,d places. A run of %,d steps draws %,d of them at random: %,d characters, %.2f times the"
                        + " training text.",
                captions.records().size(),
                captions.text().length(),
                characters,
                split.validation().length(),
                context,
                context,
                characters - context,
                steps,
                windows,
                windows * context,
                (double) windows * context / characters);
    }

    private String losses(Corpus captions, Map<String, Run> runs) {
        MarkdownTable table = new MarkdownTable(
                "run",
                "notebook",
                "50 batches",
                "all tokens",
                "bits per character",
                "gap",
                "tokens a step",
                "tokens seen",
                "epochs");
        runs.forEach((label, run) -> {
            if (label.startsWith("eval-every")) {
                return;
            }
            if (run.failed()) {
                table.row(label, NOTEBOOK.getOrDefault(label, ""), run.error().orElseThrow(), "", "", "", "", "", "");
                return;
            }
            double loss = run.finalValidationLoss().orElseThrow();
            double all;
            try (LanguageModel model = model(run)) {
                all = model.evaluate(split(captions, run).validation()).loss();
            }
            table.row(
                    label,
                    data().isEmpty() ? "" : NOTEBOOK.getOrDefault(label, ""),
                    number("%.3f", loss),
                    number("%.3f", all),
                    number("%.3f", all / Math.log(2)),
                    number("%.3f", loss - run.finalTrainLoss().orElseThrow()),
                    number("%,d", run.measures().tokensPerStep()),
                    number("%,d", run.tokens()),
                    number("%.2f", (double) run.tokens() / run.measures().trainTokens()));
        });
        return table + "\n" + provenance(List.copyOf(runs.values()));
    }

    /** The share of a run's time that its evaluations take. */
    private static String evaluationCost(Map<String, Run> runs) {
        MarkdownTable table =
                new MarkdownTable("evaluated every", "evaluations", "last loss", "lowest loss", "share of the time");
        runs.forEach((label, run) -> {
            if (!run.failed() && (label.startsWith("eval-every") || label.equals("baseline"))) {
                double training = run.tokens() / run.measures().tokensPerSecond();
                table.row(
                        setting(run, "eval-every") + " steps",
                        number("%d", run.evaluations().size()),
                        number("%.3f", run.finalValidationLoss().orElseThrow()),
                        number("%.3f", run.bestValidationLoss().orElseThrow()),
                        number(
                                "%.0f %%",
                                100 * Math.max(0, 1 - training / run.measures().seconds())));
            }
        });
        return table.toString();
    }

    /** The beginning of the text with each separator and in each case, and what a model of it writes. */
    private String texts(Corpus captions, Map<String, Run> runs) {
        StringBuilder text = new StringBuilder();
        runs.forEach((label, run) -> {
            boolean shown = label.equals("baseline") || label.startsWith("separator") || label.startsWith("case");
            if (shown && !run.failed()) {
                String training = trainingText(captions, run);
                try (LanguageModel model = model(run)) {
                    String written = model.generate(
                            training.substring(0, Math.min(12, training.length())),
                            GenerationOptions.temperature(0.7)
                                    .withMaxTokens(size(200, 20))
                                    .withSeed(1));
                    text.append(String.format(
                            Locale.ROOT,
                            "%s: the training text begins%n%n```%n%s%n```%n%nand the model continues its first twelve"
                                    + " characters with%n%n```%n%s%n```%n%n",
                            label,
                            training.substring(0, Math.min(200, training.length()))
                                    .strip(),
                            written.strip()));
                }
            }
        });
        return text.toString();
    }

    /** Ten captions for each temperature and each top-k, and measures of them. */
    private void writeCaptions(Run run, String training) throws IOException {
        StringBuilder text = new StringBuilder();
        MarkdownTable table =
                new MarkdownTable("temperature", "top-k", "repetition", "distinct pairs of words", "copied");
        try (LanguageModel model = model(run)) {
            GenerationGrid grid = model.grid(
                    prompt,
                    List.of(0.5, 0.7, 1.0, 1.3),
                    List.of(5, 10, 50),
                    size(10, 2),
                    GenerationOptions.defaults()
                            .withStop(NOTEBOOK_SEPARATOR.strip())
                            .withMaxTokens(size(200, 40)));
            for (GenerationGrid.Cell cell : grid.cells()) {
                text.append(
                        String.format(Locale.ROOT, "temperature %.1f, top-k %d%n", cell.temperature(), cell.topK()));
                List<String> captions = new ArrayList<>();
                for (String sample : cell.samples()) {
                    captions.add(prompt + sample);
                    text.append("  ")
                            .append(prompt)
                            .append(sample.replace('\n', ' '))
                            .append('\n');
                }
                WrittenText written = WrittenText.measure(captions, training);
                table.row(
                        number("%.1f", cell.temperature()),
                        number("%d", cell.topK()),
                        number("%.1f %%", 100 * written.repetition()),
                        number("%.0f %%", 100 * written.distinct()),
                        number("%.1f %%", 100 * written.copied()));
            }
        }
        Files.writeString(out("captions.txt"), text);
        print("%s", text);
        result("grid", table.toString());
    }
}
