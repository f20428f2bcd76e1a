package io.nanogpt.examples.systems;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.chart.Heatmap;
import io.nanogpt.chart.RunPlot;
import io.nanogpt.data.Cleaning;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples.Order;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.examples.samples.SampleCaptions;
import io.nanogpt.experiment.Run;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token.Scores;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The tiny transformer of a third homework: a play without its speakers, 500 tokens, windows of 50, one head. */
@Command(name = "homework3", description = "Train the tiny transformer of a homework on a play, epoch by epoch.")
public final class Homework3 extends Study {
    static final int BATCH_SIZE = 64;
    static final double TRAINING_SHARE = 0.8;
    /** An epoch ends with an evaluation and a checkpoint that stays. */
    private static final String EPOCH = "-epoch";

    private static final List<Integer> LOOKED_AT = List.of(1, 10, 19);

    /** The validation losses of the source after some epochs. */
    private static final Map<Integer, Double> SOURCE = Map.of(1, 4.484, 2, 4.211, 3, 4.089, 5, 3.961, 10, 3.840);

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "passes over all windows of the training split (default: 20)")
    private int epochs = 20;

    @Option(
            names = "--look-at",
            split = ",",
            paramLabel = "N,...",
            description = "epochs whose attention and predictions are shown (default: 1,10,19)")
    private @Nullable List<Integer> lookedAt;

    @Option(
            names = "--text",
            paramLabel = "TEXT",
            description = "text for the attention maps, and to continue; may be repeated (default: three texts)")
    private List<String> texts = List.of("Before we proceed any further,", "hear me speak", "the king shall not be");

    @Option(
            names = "--sweep-steps",
            paramLabel = "N",
            description = "steps of each run that varies one setting; 0 leaves them out (default: 2000)")
    private int sweepSteps = 2_000;

    /** Trains or resumes, then prints attention and predictions after some epochs. */
    public static void main(String[] arguments) {
        run(new Homework3(), arguments);
    }

    @Override
    void study() throws IOException {
        requireAtLeast("--epochs", 1, epochs);
        requireAtLeast("--sweep-steps", 0, sweepSteps);
        for (int epoch : lookedAt == null ? List.<Integer>of() : lookedAt) {
            if (epoch < 1 || epoch > epochs) {
                throw new IllegalArgumentException(
                        "--look-at must be epochs from 1 to " + epochs + ", which are trained, but has " + epoch);
            }
        }
        requireTrained(out("model"));
        Corpus play = data().map(path -> Corpus.ofFiles(path))
                .orElseGet(Homework3::samplePlay)
                .withCleaning(Cleaning.dropSpeakers());
        Tokenizer tokenizer =
                Tokenizers.characterBpe().vocabularySize(size(500, 120)).train(play);
        texts.forEach(text -> requireCharacters("--text", text, play));
        TokenSource tokens = TokenSource.of(tokenizer.encode(play.text()));
        Windows windows = Windows.of(tokens).withStride(size(1, 25)).withOrder(Order.SHUFFLED);
        try (LanguageModel model = GPT.builder()
                .model(StudyPresets.TINY_TRANSFORMER.config())
                .tokenizer(tokenizer)
                .training(trainer -> configure(trainer, stepsPerEpoch(windows)))
                .listener(progress())
                .train(windows.slice(0, TRAINING_SHARE), windows.slice(TRAINING_SHARE, 1))) {
            model.save(out("model"));
            Run run = asRun(model);
            result("epochs", epochs(run.evaluations(), stepsPerEpoch(windows)) + "\n" + provenance(List.of(run)));
            draw("curve", Charts.runs(RunPlot.STEPS, List.of(run)));
            result("predictions", texts.stream().map(this::acrossEpochs).collect(Collectors.joining("\n")));
            texts.forEach(text -> continueGreedily(model, text));
        }
        if (sweepSteps > 0) {
            new Homework3Sweeps(this, tokenizer, windows, steps(sweepSteps, 20)).run();
        }
    }

    private String epochs(List<EvaluationPoint> evaluations, int stepsPerEpoch) {
        MarkdownTable table = new MarkdownTable("epoch", "source", "validation loss", "training loss", "perplexity");
        for (EvaluationPoint point : evaluations) {
            int epoch = point.step() / stepsPerEpoch;
            table.row(
                    number("%d", epoch),
                    data().isPresent() && SOURCE.containsKey(epoch) ? number("%.3f", SOURCE.get(epoch)) : "",
                    number("%.3f", point.validationLoss()),
                    number("%.3f", point.trainLoss()),
                    number("%.1f", point.perplexity()));
        }
        return table.toString();
    }

    /** The training as a run of a log, to draw it. */
    private Run asRun(LanguageModel model) {
        TrainingReport report = model.report().orElseThrow();
        // The last evaluation may be that of the best weights, which are of an earlier step.
        List<EvaluationPoint> evaluations = new ArrayList<>();
        for (EvaluationPoint point : report.evaluations()) {
            if (evaluations.isEmpty()
                    || point.step() > evaluations.get(evaluations.size() - 1).step()) {
                evaluations.add(point);
            }
        }
        return new Run(
                "homework3",
                "tiny transformer",
                Instant.now(),
                Map.of("batch-size", Integer.toString(BATCH_SIZE)),
                1337,
                Run.State.FINISHED,
                evaluations,
                List.of(),
                new Run.Measures(
                        report.plan().parameters(),
                        0,
                        (long) BATCH_SIZE * contextLength(),
                        evaluations.get(evaluations.size() - 1).seconds(),
                        report.tokensPerSecond()),
                "",
                Optional.empty());
    }

    /** The sample captions in the form of a play. */
    private static Corpus samplePlay() {
        return Corpus.ofText(SampleCaptions.captions().subList(0, 60).stream()
                .map(caption -> "Slide:\nBefore we proceed any further, " + caption)
                .collect(Collectors.joining("\n\n")));
    }

    /** Batches of an epoch; the last one may be smaller. */
    private static int stepsPerEpoch(Windows windows) {
        long count = (windows.source().size() - contextLength() + windows.stride() - 1) / windows.stride();
        return (int) Math.ceil(Math.floor(TRAINING_SHARE * count) / BATCH_SIZE);
    }

    final double learningRate() {
        return size(1, 30) * 3e-5;
    }

    static int contextLength() {
        return StudyPresets.TINY_TRANSFORMER.config().architecture().contextLength();
    }

    private void configure(TrainingSettings<?> trainer, int stepsPerEpoch) {
        trainer.optimizer(optimizer(learningRate()))
                .gradientClip(1)
                .batchSize(BATCH_SIZE)
                .steps(steps(epochs * stepsPerEpoch, 3 * stepsPerEpoch))
                .evaluateEvery(stepsPerEpoch)
                .evaluateFully(true)
                .keepBest(true)
                .checkpoints(CheckpointConfig.in(out("checkpoints"))
                        .withEvery(1_000)
                        .withEpochs(true)
                        .withResume(true))
                .threads(threads());
    }

    /** Settings of the source for a run of other length. */
    static AdamW optimizer(double learningRate) {
        return AdamW.defaults()
                .withLearningRate(learningRate)
                .withBetas(0.9, 0.98)
                .withWeightDecay(0.05);
    }

    /** What the model of some epochs says after a text, and where its last token looks; drawn as maps side by side. */
    private String acrossEpochs(String text) {
        MarkdownTable table = new MarkdownTable("after \"" + text + "\"", "next", "probability", "layer 0", "layer 1");
        List<List<Heatmap>> rows = List.of(new ArrayList<>(), new ArrayList<>());
        List<Path> snapshots = snapshots();
        for (int epoch : lookedAt == null ? LOOKED_AT : lookedAt) {
            if (epoch > snapshots.size()) {
                break;
            }
            try (LanguageModel model = LanguageModel.load(snapshots.get(epoch - 1), threads())) {
                AttentionMaps maps = model.attention(text);
                int next = mostLikely(maps.nextProbabilities());
                String token = model.tokenizer().decode(next);
                table.row(
                        "epoch " + epoch,
                        "`" + token + "`",
                        number("%.3f", maps.nextProbabilities()[next]),
                        looksAt(maps, 0),
                        looksAt(maps, 1));
                for (int layer = 0; layer < rows.size(); layer++) {
                    String title = String.format(
                            Locale.ROOT,
                            "epoch %d, layer %d: next \"%s\" %.3f",
                            epoch,
                            layer,
                            token,
                            maps.nextProbabilities()[next]);
                    rows.get(layer).add(Heatmap.average(title, maps, layer));
                }
            }
        }
        if (!rows.get(0).isEmpty()) {
            draw("attention-" + (texts.indexOf(text) + 1), Charts.heatmaps("Attention after \"" + text + "\"", rows));
        }
        return table.toString();
    }

    private List<Path> snapshots() {
        try (Stream<Path> checkpoints = Files.list(out("checkpoints"))) {
            return checkpoints
                    .filter(path -> path.toString().endsWith(EPOCH))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the checkpoints", e);
        }
    }

    private static String looksAt(AttentionMaps maps, int layer) {
        float[][] rows = maps.head(layer, 0);
        float[] last = rows[rows.length - 1];
        int most = mostLikely(last);
        return String.format(Locale.ROOT, "`%s` %.2f", maps.tokens().get(most).text(), last[most]);
    }

    /** Each token with its probability, and the two next most likely ones. */
    private void continueGreedily(LanguageModel model, String text) {
        GenerationOptions greedy = GenerationOptions.greedy().withMaxTokens(20).withLogProbabilities(3);
        String continuation = model.stream(text, greedy, token -> {
            Scores scores = token.scores().orElseThrow();
            print("%-14s %.3f   %s", "'" + token.text() + "'", Math.exp(scores.logProbability()), others(scores));
        });
        print("%s%s", text, continuation);
    }

    private static String others(Scores scores) {
        return scores.best().stream()
                .skip(1)
                .map(other -> String.format("'%s' %.3f", other.text(), Math.exp(other.logProbability())))
                .collect(Collectors.joining("  "));
    }
}
