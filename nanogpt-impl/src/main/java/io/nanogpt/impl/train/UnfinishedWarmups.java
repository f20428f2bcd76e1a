package io.nanogpt.impl.train;

import io.nanogpt.train.BatchSchedule;
import io.nanogpt.train.OptimizationConfig;
import io.nanogpt.train.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Warm-ups that a run does not get to the end of, so that it never trains as it is meant to after them. */
final class UnfinishedWarmups {
    private UnfinishedWarmups() {}

    /**
     * Describes each of them.
     *
     * @param steps of the run
     */
    static List<String> of(OptimizationConfig optimization, int steps) {
        List<String> found = new ArrayList<>();
        BatchSchedule batches = optimization.batches();
        if (batches.contextWarmup() >= steps) {
            found.add(unfinished("context", batches.contextWarmup(), steps, "no step trains on the whole context"));
        }
        if (batches.warmup() >= steps && batches.most() > 1) {
            found.add(unfinished(
                    "batches", batches.warmup(), steps, "no step has all " + batches.most() + " of its batches"));
        }
        if (optimization.momentumWarmup() >= steps) {
            found.add(unfinished(
                    "momentum", optimization.momentumWarmup(), steps, "no step has the momentum of the optimizer"));
        }
        if (risesToTheEnd(optimization.schedule(), steps)) {
            found.add(String.format(
                    Locale.ROOT,
                    "the learning rate rises until the last step, %d, to %.1f %% of the one that was set: the warm-up of"
                            + " its schedule is not shorter than the run; shorten it, or train for more steps",
                    steps,
                    100 * optimization.schedule().factor(steps - 1, steps)));
        }
        return found;
    }

    private static String unfinished(String what, int warmup, int steps, String effect) {
        return "the warm-up of the " + what + " is to end after step " + warmup + ", and the run ends after step "
                + steps
                + ": " + effect
                + "; shorten it, or train for more steps";
    }

    /** Whether every step has a higher rate than the one before it, and the last less than the whole. */
    private static boolean risesToTheEnd(Schedule schedule, int steps) {
        for (int taken = 1; taken < steps; taken++) {
            if (schedule.factor(taken, steps) <= schedule.factor(taken - 1, steps)) {
                return false;
            }
        }
        return steps > 1 && schedule.factor(steps - 1, steps) < 1;
    }
}
