package io.nanogpt.examples;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.train.BatchSizeFinder;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds a batch size. */
@Command(name = "find-batch", description = "Times growing batches until one does not fit in memory.")
final class FindBatchCommand extends Verb {
    private static final double MEGABYTE = 1e6;

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private SequenceOptions sequences = new SequenceOptions();

    @Mixin
    private ArchitectureOptions architecture = new ArchitectureOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(names = "--largest", description = "the largest batch to try; 256 by default")
    private int largest = 256;

    @Override
    public Integer call() throws IOException {
        Function<GPT.Builder, LanguageModel> training = sequences.training(data);
        BatchSizeFinder.Result result = BatchSizeFinder.upTo(largest)
                .find(trial -> training.apply(
                        model.apply(GPT.builder(), architecture, true).training(trial::prepare)));
        if (json()) {
            out().println(new JsonLine()
                    .put("fastest", result.fastest().batchSize())
                    .put(
                            "batches",
                            result.points().stream()
                                    .map(BatchSizeFinder.Point::batchSize)
                                    .toList())
                    .put(
                            "tokensPerSecond",
                            result.points().stream()
                                    .map(BatchSizeFinder.Point::tokensPerSecond)
                                    .toList()));
        } else {
            for (BatchSizeFinder.Point point : result.points()) {
                out().printf(
                                Locale.ROOT,
                                "batch %d: %,.0f tokens/s, %,.0f MB%n",
                                point.batchSize(),
                                point.tokensPerSecond(),
                                point.bytes() / MEGABYTE);
            }
            out().printf(
                            Locale.ROOT,
                            "the fastest is --batch-size %d%n",
                            result.fastest().batchSize());
        }
        out().flush();
        return 0;
    }
}
