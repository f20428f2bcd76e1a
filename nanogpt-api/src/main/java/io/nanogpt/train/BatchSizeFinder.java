package io.nanogpt.train;

import io.nanogpt.LanguageModel;
import io.nanogpt.spi.BatchTooLargeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Finds the batch size with the most tokens a second by runs of a few steps, each of twice the batch of the one before,
 * until one does not fit in memory.
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

    /** Tries 1, 2, 4 and so on up to a batch. */
    public static BatchSizeFinder upTo(int largest) {
        return new BatchSizeFinder(largest);
    }

    /**
     * A batch that is to be tried.
     *
     * @param batchSize of the run
     */
    public record Trial(int batchSize) {
        /** Changes the settings of a run to those of the trial. */
        public void prepare(TrainingSettings<?> trainer) {
            trainer.batchSize(batchSize)
                    .stopping(StoppingCriteria.never().withSteps(STEPS))
                    .evaluation(EvaluationConfig.defaults()
                            .withEvery(Integer.MAX_VALUE)
                            .withBatches(1));
        }
    }

    /**
     * A batch that was tried.
     *
     * @param batchSize sequences
     * @param tokensPerSecond from the median time of a step
     * @param bytes of memory, estimated
     */
    public record Point(int batchSize, double tokensPerSecond, long bytes) {}

    /**
     * What was found.
     *
     * @param points in the order in which they were tried
     * @param fastest the one of the most tokens a second
     */
    public record Result(List<Point> points, Point fastest) {
        public Result {
            points = List.copyOf(points);
        }
    }

    /**
     * Runs trainings that {@link Trial#prepare} has prepared.
     *
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
