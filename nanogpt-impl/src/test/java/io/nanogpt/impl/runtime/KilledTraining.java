package io.nanogpt.impl.runtime;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that trains a small model, or goes on training it, and is killed while it does. */
public final class KilledTraining {
    static final int STEPS = 1_500;
    private static final String TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(60);

    private KilledTraining() {}

    /** Trains with checkpoints in one folder, and saves the model to another when it is done. */
    public static void main(String[] arguments) {
        train(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    static void train(Path checkpoints, Path result) {
        GPT.Builder builder = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(8)
                .contextLength(8)
                .dropout(0.1)
                .batchSize(2)
                .evaluateEvery(100)
                .evaluationBatches(2)
                .keepBest(true)
                .threads(1)
                .training(trainer -> trainer.steps(STEPS)
                        .accumulate(2)
                        .gradientClip(1)
                        .schedule(Schedule.cosine(100, 0.1))
                        .checkpoints(
                                CheckpointConfig.in(checkpoints).withEvery(30).withResume(true)));
        builder.listener(new TrainingListener() {
            @Override
            public void onStart(TrainingPlan plan) {
                System.out.println("from " + plan.firstStep()); // The parent waits for it.
            }

            @Override
            public void onStep(TrainingStep step) {
                System.out.println(step.number());
            }
        });
        try (LanguageModel model = builder.train(Corpus.ofText(TEXT))) {
            Path staging = result.resolveSibling(result.getFileName() + ".unfinished");
            model.save(staging);
            Files.move(staging, result);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
