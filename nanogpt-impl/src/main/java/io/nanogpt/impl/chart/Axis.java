package io.nanogpt.impl.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis of a plot.
 *
 * @param title quantity and unit
 * @param logarithmic or linear
 * @param from value at the start of the axis
 * @param to value at its end
 * @param ticks labelled values within this range
 */
record Axis(String title, boolean logarithmic, double from, double to, List<Tick> ticks) {
    /** Margin of a logarithmic axis at either end, as a fraction of the range. */
    private static final double MARGIN = 0.04;

    /** Values of a larger magnitude are drawn at the ends of their axis. */
    private static final double LARGEST = 1e100;
    /** The shortest linear axis. */
    private static final double SMALLEST = 1e-30;
    /** The shortest linear axis, as a fraction of its largest value. */
    private static final double CLOSEST = 1e-9;

    /** With fewer ticks, finer ones are used. */
    private static final int FEWEST = 3;

    /** A labelled value. */
    record Tick(double value, String label) {}

    Axis {
        ticks = List.copyOf(ticks);
    }

    /** The position of a value along the axis, from 0 to 1; that of the nearest end for a value beyond it. */
    double place(double value) {
        double inside = Math.max(from, Math.min(to, value));
        return logarithmic
                ? (Math.log(inside) - Math.log(from)) / (Math.log(to) - Math.log(from))
                : (inside - from) / (to - from);
    }

    /**
     * A linear axis that starts and ends at a tick.
     *
     * @param most approximate number of ticks
     */
    static Axis linear(String title, Range range, int most) {
        Range wide = range.widened();
        double step = step(wide.to() - wide.from(), most);
        double from = step * Math.floor(wide.from() / step + 1e-9);
        double to = step * Math.ceil(wide.to() / step - 1e-9);
        return new Axis(title, false, from, to, linearTicks(new Range(from, to), step));
    }

    /** A linear axis that starts and ends with the data. */
    static Axis tight(String title, Range range, int most) {
        Range wide = range.widened();
        List<Tick> ticks = List.of();
        for (int wanted = most; ticks.size() < FEWEST && wanted <= 2 * most; wanted++) {
            ticks = linearTicks(wide, step(wide.to() - wide.from(), wanted));
        }
        return new Axis(title, false, wide.from(), wide.to(), ticks);
    }

    /**
     * An axis for curves, which starts and ends with the data. A logarithmic one starts at the first value above 0.
     *
     * @param most approximate number of ticks
     */
    static Axis ofCurves(String title, boolean logarithmic, List<Double> values, int most) {
        List<Double> positive = values.stream().filter(value -> value > 0).toList();
        return logarithmic && !positive.isEmpty()
                ? logarithmic(title + ", logarithmic", Range.of(positive), most)
                : tight(title, Range.of(values), most);
    }

    /**
     * A logarithmic axis.
     *
     * @param positive above 0
     * @param most approximate number of ticks
     */
    static Axis logarithmic(String title, Range positive, int most) {
        Range range = new Range(Math.max(1 / LARGEST, positive.from()), Math.max(1 / LARGEST, positive.to()));
        double ratio = Math.max(range.to() / range.from(), 1.2);
        double margin = Math.pow(ratio, MARGIN) * (range.to() > range.from() ? 1 : ratio);
        Range wide = new Range(range.from() / margin, range.to() * margin);
        List<Tick> ticks = powers(wide, new int[] {1});
        if (ticks.size() < FEWEST) {
            ticks = powers(wide, new int[] {1, 2, 5});
        }
        if (ticks.size() < FEWEST) {
            ticks = linearTicks(wide, step(wide.to() - wide.from(), most));
        }
        int every = (ticks.size() + most - 1) / most;
        List<Tick> kept = new ArrayList<>();
        for (int i = 0; i < ticks.size(); i += every) {
            kept.add(ticks.get(i));
        }
        return new Axis(title, true, wide.from(), wide.to(), kept);
    }

    private static double step(double span, int most) {
        double raw = span / most;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double digit = raw / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }

    private static List<Tick> linearTicks(Range range, double step) {
        Numbers numbers = Numbers.inSteps(step, Math.max(Math.abs(range.from()), Math.abs(range.to())));
        List<Tick> ticks = new ArrayList<>();
        long last = Math.round(Math.floor(range.to() / step + 1e-9));
        for (long i = Math.round(Math.ceil(range.from() / step - 1e-9)); i <= last; i++) {
            ticks.add(new Tick(i * step, numbers.format(i * step)));
        }
        return ticks;
    }

    private static List<Tick> powers(Range range, int[] digits) {
        List<Tick> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(Math.log10(range.from())); Math.pow(10, power) <= range.to(); power++) {
            for (int digit : digits) {
                double value = digit * Math.pow(10, power);
                if (value >= range.from() && value <= range.to()) {
                    ticks.add(new Tick(value, Numbers.compact(value)));
                }
            }
        }
        return ticks;
    }

    /** A minimum and a maximum, cut off at {@link #LARGEST} to either side. */
    record Range(double from, double to) {
        Range {
            from = Math.max(-LARGEST, Math.min(LARGEST, from));
            to = Math.max(-LARGEST, Math.min(LARGEST, to));
        }

        /** Widens an empty range around its one value, and one whose ends are too close for ticks between them. */
        Range widened() {
            double magnitude = Math.max(Math.abs(from), Math.abs(to));
            if (to - from > Math.max(SMALLEST, CLOSEST * magnitude)) {
                return this;
            }
            double around = magnitude <= SMALLEST ? 1 : magnitude / 10;
            return new Range(from - around, to + around);
        }

        static Range of(List<Double> values) {
            double from = Double.POSITIVE_INFINITY;
            double to = Double.NEGATIVE_INFINITY;
            for (double value : values) {
                if (!Double.isNaN(value)) {
                    from = Math.min(from, value);
                    to = Math.max(to, value);
                }
            }
            return new Range(from, to);
        }
    }
}
