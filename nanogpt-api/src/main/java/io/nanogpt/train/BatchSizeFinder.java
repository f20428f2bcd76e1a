package io.nanogpt.train;

import io.nanogpt.LanguageModel;
import io.nanogpt.spi.BatchTooLargeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * A search for the batch size with the most tokens per second, by runs of a few steps that double the batch size until
 * it does not fit in memory.
 *
 * <pre>{@code
 * BatchSizeFinder.Result result =
 *         BatchSizeFinder.upTo(256).find(settings -> GPT.builder().training(settings::prepare).train(corpus));
 * }</pre>
 */
public final class BatchSizeFinder {
    private static final int STEPS = 8;

    private final int largest;

    private BatchSizeFinder(int largest) {
        TrainingConfig.positive("the largest batch", largest);
        this.largest = largest;
    }

    /** Returns a search over the batch sizes 1, 2, 4 and so on up to {@code largest}. */
    public static BatchSizeFinder upTo(int largest) {
        return new BatchSizeFinder(largest);
    }

    /**
     * A batch size to try.
     *
     * @param batchSize the batch size of the run
     */
    public record Trial(int batchSize) {
        /** Applies the settings of the trial: batch size, number of steps and evaluation. */
        public void prepare(TrainingSettings<?> trainer) {
            trainer.batchSize(batchSize)
                    .stopping(StoppingCriteria.never().withSteps(STEPS))
                    .evaluation(EvaluationConfig.defaults()
                            .withEvery(Integer.MAX_VALUE)
                            .withBatches(1)
                            .withBaselines(false));
        }
    }

    /**
     * The result of a trial.
     *
     * @param batchSize sequences per batch
     * @param tokensPerSecond from the median time of a step
     * @param bytes estimated memory
     */
    public record Point(int batchSize, double tokensPerSecond, long bytes) {}

    /**
     * The result of a search.
     *
     * @param points the trials in order
     * @param fastest the trial with the most tokens per second
     */
    public record Result(List<Point> points, Point fastest) {
        public Result {
            points = List.copyOf(points);
        }
    }

    /**
     * Runs the search.
     *
     * @param training trains a model with the settings applied by {@link Trial#prepare}
     * @throws BatchTooLargeException if not even a batch of 1 fits
     */
    public Result find(Function<Trial, LanguageModel> training) {
        List<Point> points = new ArrayList<>();
        for (int batch = 1; batch <= largest; batch *= 2) {
            try (LanguageModel model = training.apply(new Trial(batch))) {
                TrainingReport report = model.report().orElseThrow();
                double perSecond = report.plan().tokensPerStep() / (report.stepMillisMedian() / 1e3);
                points.add(new Point(batch, perSecond, report.plan().estimatedBytes()));
            } catch (BatchTooLargeException e) {
                if (points.isEmpty()) {
                    throw e;
                }
                break;
            }
            if (batch > Integer.MAX_VALUE / 2) {
                break;
            }
        }
        Point fastest = points.stream()
                .max(Comparator.comparingDouble(Point::tokensPerSecond))
                .orElseThrow();
        return new Result(points, fastest);
    }
}
