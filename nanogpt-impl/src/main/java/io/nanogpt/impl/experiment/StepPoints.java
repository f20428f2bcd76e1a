package io.nanogpt.impl.experiment;

import io.nanogpt.experiment.Run.StepPoint;
import io.nanogpt.train.TrainingStep;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a run in bounded memory: a point for each {@code stride} steps, which doubles whenever there are too many
 * points. Adding a step allocates nothing.
 */
final class StepPoints {
    static final int MOST = 256;

    private final int[] lasts = new int[MOST];
    private final int[] counts = new int[MOST];
    private final double[] seconds = new double[MOST];
    private final double[] losses = new double[MOST];
    private final double[] rates = new double[MOST];
    private final double[] norms = new double[MOST];
    private final double[] speeds = new double[MOST];
    private int size;
    private int stride = 1;
    private long tokens;

    /**
     * Begins a run, or goes on with one.
     *
     * @param tokensBefore the tokens of the run before the next step
     */
    void begin(long tokensBefore) {
        tokens = tokensBefore;
    }

    /** Adds a step; one that is not after the last replaces those from it on. */
    void add(TrainingStep step) {
        int number = step.number();
        while (size > 0 && lasts[size - 1] >= number) {
            size--;
        }
        if (needsPoint(number) && size == MOST) {
            halve();
        }
        if (needsPoint(number)) {
            counts[size] = 0;
            losses[size] = 0;
            norms[size] = step.gradientNorm(); // Of the first step alone, since it may have to be computed.
            size++;
        }
        int point = size - 1;
        // After a rollback the count of tokens is that of an earlier step.
        double speed = Math.max(0, step.tokens() - tokens) / step.stepSeconds();
        speeds[point] = counts[point] == 0 ? speed : meanSpeed(speeds[point], counts[point], speed, 1);
        counts[point]++;
        losses[point] += (step.loss() - losses[point]) / counts[point];
        lasts[point] = number;
        seconds[point] = step.seconds();
        rates[point] = step.learningRate();
        tokens = step.tokens();
    }

    private boolean needsPoint(int step) {
        return size == 0 || bucket(lasts[size - 1]) != bucket(step);
    }

    private int bucket(int step) {
        return (step - 1) / stride;
    }

    /** The speed over all steps, which had as many tokens each. */
    private static double meanSpeed(double first, int firstCount, double second, int secondCount) {
        return (firstCount + secondCount) / (firstCount / first + secondCount / second);
    }

    private void halve() {
        stride *= 2;
        int kept = 0;
        for (int point = 1; point < size; point++) {
            if (bucket(lasts[point]) == bucket(lasts[kept])) {
                merge(point, kept);
            } else {
                kept++;
                counts[kept] = counts[point];
                losses[kept] = losses[point];
                norms[kept] = norms[point];
                speeds[kept] = speeds[point];
            }
            lasts[kept] = lasts[point];
            seconds[kept] = seconds[point];
            rates[kept] = rates[point];
        }
        size = kept + 1;
    }

    private void merge(int from, int into) {
        speeds[into] = meanSpeed(speeds[into], counts[into], speeds[from], counts[from]);
        int count = counts[into] + counts[from];
        losses[into] += (losses[from] - losses[into]) * counts[from] / count;
        counts[into] = count;
    }

    /** The points, as the log gives them back, which has their numbers as precise as a float. */
    List<StepPoint> list() {
        List<StepPoint> points = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            points.add(new StepPoint(
                    lasts[i],
                    rounded(seconds[i]),
                    rounded(losses[i]),
                    rounded(rates[i]),
                    rounded(norms[i]),
                    rounded(speeds[i])));
        }
        return points;
    }

    /** The number whose decimal is the shortest of its float: 0.01 stays 0.01. */
    private static double rounded(double number) {
        return Double.parseDouble(Float.toString((float) number));
    }

    /** Goes on with points of an interrupted run. */
    void restore(List<StepPoint> points) {
        size = Math.min(MOST, points.size());
        stride = 1;
        for (int i = 0; i < size; i++) {
            StepPoint point = points.get(i);
            lasts[i] = point.step();
            counts[i] = point.step() - (i == 0 ? 0 : lasts[i - 1]);
            seconds[i] = point.seconds();
            losses[i] = point.loss();
            rates[i] = point.learningRate();
            norms[i] = point.gradientNorm();
            speeds[i] = point.tokensPerSecond();
            // All points but the last have as many steps, which is a power of two.
            stride = i < size - 1 ? Math.max(stride, Integer.highestOneBit(Math.max(1, counts[i]))) : stride;
        }
    }
}
