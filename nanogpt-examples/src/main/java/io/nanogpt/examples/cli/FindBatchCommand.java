package io.nanogpt.examples.cli;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.train.BatchSizeFinder;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code find-batch} verb. */
@Command(
        name = "find-batch",
        description =
                "Time training steps of growing batches until one does not fit in memory, and suggest a batch size.",
        footer = "  nanogpt find-batch --sample --preset captions --largest 64")
final class FindBatchCommand extends TrainingVerb {
    private static final double MEGABYTE = 1e6;

    @Option(names = "--largest", paramLabel = "N", description = "largest batch to try (default: 256)")
    private int largest = 256;

    @Override
    public Integer call() throws IOException {
        Function<GPT.Builder, LanguageModel> training = training();
        BatchSizeFinder.Result result = BatchSizeFinder.upTo(largest).find(trial -> {
            GPT.Builder builder = GPT.builder();
            describe(builder);
            return training.apply(builder.training(trial::prepare));
        });
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
