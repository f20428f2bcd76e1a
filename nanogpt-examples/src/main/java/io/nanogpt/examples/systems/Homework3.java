package io.nanogpt.examples.systems;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.chart.Charts;
import io.nanogpt.data.Cleaning;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples.Order;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import io.nanogpt.examples.presets.StudyPresets;
import io.nanogpt.examples.samples.SampleCaptions;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Token.Scores;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The tiny transformer of a third homework: a play without its speakers, 500 tokens, windows of 50, one head. */
@Command(name = "homework3", description = "Train the tiny transformer of a homework on a play, epoch by epoch.")
public final class Homework3 extends Study {
    private static final int BATCH_SIZE = 64;
    private static final double TRAINING_SHARE = 0.8;
    /** An epoch ends with an evaluation and a checkpoint that stays. */
    private static final String EPOCH = "-epoch";

    private static final List<Integer> LOOKED_AT = List.of(1, 2, 3, 5, 10, 20, 30);

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "passes over all windows of the training split (default: 10)")
    private int epochs = 10;

    @Option(names = "--text", paramLabel = "TEXT", description = "text for the attention maps, and to continue")
    private String text = "Before we proceed any further,";

    /** Trains or resumes, then prints attention and predictions after some epochs. */
    public static void main(String[] arguments) {
        run(new Homework3(), arguments);
    }

    @Override
    public Integer call() throws IOException {
        Corpus play = data().map(path -> Corpus.ofFiles(path))
                .orElseGet(Homework3::samplePlay)
                .withCleaning(Cleaning.dropSpeakers());
        Tokenizer tokenizer =
                Tokenizers.characterBpe().vocabularySize(size(500, 120)).train(play);
        TokenSource tokens = TokenSource.of(tokenizer.encode(play.text()));
        Windows windows = Windows.of(tokens).withStride(size(1, 25)).withOrder(Order.SHUFFLED);
        try (LanguageModel model = GPT.builder()
                .model(StudyPresets.TINY_TRANSFORMER.config())
                .tokenizer(tokenizer)
                .training(trainer -> configure(trainer, stepsPerEpoch(windows)))
                .listener(progress())
                .train(windows.slice(0, TRAINING_SHARE), windows.slice(TRAINING_SHARE, 1))) {
            model.save(out("model"));
            for (EvaluationPoint point : model.report().orElseThrow().evaluations()) {
                print(
                        "step %,7d: train loss %.3f, validation loss %.3f, perplexity %.1f",
                        point.step(), point.trainLoss(), point.validationLoss(), Math.exp(point.validationLoss()));
            }
            attentionAcrossEpochs();
            continueGreedily(model);
        }
        return 0;
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

    private static int contextLength() {
        return StudyPresets.TINY_TRANSFORMER.config().architecture().contextLength();
    }

    private void configure(TrainingSettings<?> trainer, int stepsPerEpoch) {
        trainer.optimizer(AdamW.defaults()
                        .withLearningRate(size(1, 30) * 3e-5)
                        .withBetas(0.9, 0.98)
                        .withWeightDecay(0.05))
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

    /** Attention of the last token, and the most likely next tokens, after some of the epochs. */
    private void attentionAcrossEpochs() throws IOException {
        List<Path> snapshots = snapshots();
        Map<String, AttentionMaps> looks = new LinkedHashMap<>();
        for (int epoch : LOOKED_AT) {
            if (epoch > snapshots.size()) {
                break;
            }
            try (LanguageModel model = LanguageModel.load(snapshots.get(epoch - 1), threads())) {
                AttentionMaps maps = model.attention(text);
                int next = mostLikely(maps.nextProbabilities());
                looks.put("epoch " + epoch, maps);
                print(
                        "epoch %d: next '%s' with probability %.3f; the last token attends to %s",
                        epoch,
                        model.tokenizer().decode(next),
                        maps.nextProbabilities()[next],
                        IntStream.range(0, maps.layers())
                                .mapToObj(layer -> looksAt(maps, layer))
                                .collect(Collectors.joining(", ")));
            }
        }
        draw("attention-layer-0", Charts.checkpoints(looks, 0));
        draw("attention-layer-1", Charts.checkpoints(looks, 1));
    }

    private List<Path> snapshots() throws IOException {
        try (Stream<Path> checkpoints = Files.list(out("checkpoints"))) {
            return checkpoints
                    .filter(path -> path.toString().endsWith(EPOCH))
                    .sorted()
                    .toList();
        }
    }

    private static String looksAt(AttentionMaps maps, int layer) {
        float[][] rows = maps.head(layer, 0);
        float[] last = rows[rows.length - 1];
        int most = mostLikely(last);
        return String.format("'%s' (layer %d, %.2f)", maps.tokens().get(most).text(), layer, last[most]);
    }

    /** Each token with its probability, and the two next most likely ones. */
    private void continueGreedily(LanguageModel model) {
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
