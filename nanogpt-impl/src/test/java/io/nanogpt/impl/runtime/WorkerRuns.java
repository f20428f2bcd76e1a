package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.impl.fakes.ThreadWorkers;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.TrainingReport;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs of several workers in this process, whose models are saved beside that of the run without workers.
 *
 * @param folder of the models
 * @param settings of each run
 */
record WorkerRuns(Path folder, Supplier<GPT.Builder> settings) {
    static final String TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(30);
    static final int STEPS = 30;

    /** The name of the model of the run without workers. */
    private static final String ALONE = "alone";

    /** A small model with dropout, clipping and a schedule, so that each has to be the same everywhere. */
    static GPT.Builder small() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .dropout(0.1)
                .batchSize(3)
                .gradientClip(0.1)
                .schedule(Schedule.cosine(5, 0.1))
                .steps(STEPS)
                .evaluateEvery(10)
                .evaluationBatches(3)
                .threads(1);
    }

    TrainingReport train(GPT.Builder builder, String name) {
        try (LanguageModel model = builder.train(Corpus.ofText(TEXT))) {
            model.save(folder.resolve(name));
            return model.report().orElseThrow();
        }
    }

    /** Trains with workers, whose models are called {@code SIZE-RANK}. */
    List<TrainingReport> together(int size, Consumer<GPT.Builder> more) throws InterruptedException {
        return ThreadWorkers.run(size, workers -> {
            GPT.Builder builder = settings.get().collective(workers);
            more.accept(builder);
            return train(builder, size + "-" + workers.rank());
        });
    }

    Path weights(String name) {
        return folder.resolve(name + "/model.safetensors");
    }

    /** Asserts that a model has the weights of the run without workers. */
    void requireSame(String name) {
        assertThat(weights(name)).hasSameBinaryContentAs(weights(ALONE));
    }

    static List<List<Double>> losses(TrainingReport report) {
        return report.evaluations().stream()
                .map(point -> List.of((double) point.step(), point.trainLoss(), point.validationLoss()))
                .toList();
    }
}
