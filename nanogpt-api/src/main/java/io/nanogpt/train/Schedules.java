package io.nanogpt.train;

/** The built-in schedules. */
final class Schedules {
    private Schedules() {}

    record Constant() implements Schedule {
        @Override
        public double factor(int taken, int steps) {
            return 1;
        }
    }

    record Cosine(int warmup, double floor) implements Schedule {
        Cosine {
            check(warmup, floor);
        }

        @Override
        public double factor(int taken, int steps) {
            return taken < warmup
                    ? rising(taken, warmup)
                    : floor + (1 - floor) * (1 + StrictMath.cos(StrictMath.PI * done(taken, warmup, steps))) / 2;
        }
    }

    record Linear(int warmup, double floor) implements Schedule {
        Linear {
            check(warmup, floor);
        }

        @Override
        public double factor(int taken, int steps) {
            return taken < warmup ? rising(taken, warmup) : 1 - (1 - floor) * done(taken, warmup, steps);
        }
    }

    record InverseSquareRoot(int warmup) implements Schedule {
        InverseSquareRoot {
            check(warmup, 0);
        }

        @Override
        public double factor(int taken, int steps) {
            return taken < warmup ? rising(taken, warmup) : StrictMath.sqrt((warmup + 1.0) / (taken + 1.0));
        }
    }

    record WarmupStableDecay(int warmup, double decayShare, double floor) implements Schedule {
        WarmupStableDecay {
            check(warmup, floor);
            if (!(decayShare >= 0 && decayShare <= 1)) {
                throw new IllegalArgumentException(
                        "the decay is a share of the run and must be in [0, 1], but is " + decayShare);
            }
        }

        @Override
        public double factor(int taken, int steps) {
            if (taken < warmup) {
                return (taken + 1.0) / warmup;
            }
            double fall = steps * (1 - decayShare);
            return taken < fall || fall >= steps
                    ? 1
                    : floor + (1 - floor) * Math.max(0, steps - taken) / (steps - fall);
        }
    }

    record OneCycle(double rise) implements Schedule {
        private static final double FIRST = 1 / 25.0;
        private static final double LAST = FIRST / 1e4;

        OneCycle {
            if (!(rise > 0 && rise < 1)) {
                throw new IllegalArgumentException("rise must be in (0, 1), but is " + rise);
            }
        }

        @Override
        public double factor(int taken, int steps) {
            double top = rise * steps - 1;
            if (taken <= top) {
                return between(FIRST, 1, top > 0 ? taken / top : 1);
            }
            double end = steps - 1.0;
            return between(1, LAST, Math.min(1, (taken - top) / (end - top)));
        }

        private static double between(double from, double to, double done) {
            return to + (from - to) / 2 * (1 + StrictMath.cos(StrictMath.PI * done));
        }
    }

    private static void check(int warmup, double floor) {
        if (warmup < 0) {
            throw new IllegalArgumentException("the warm-up must be at least 0 steps, but is " + warmup);
        }
        if (!(floor >= 0 && floor <= 1)) {
            throw new IllegalArgumentException(
                    "the floor is a share of the learning rate and must be in [0, 1], but is " + floor);
        }
    }

    private static double rising(int taken, int warmup) {
        return (taken + 1.0) / (warmup + 1.0);
    }

    /** Returns the completed share of the decay. */
    private static double done(int taken, int warmup, int steps) {
        return steps <= warmup ? 1 : Math.min(1, (double) (taken - warmup) / (steps - warmup));
    }
}
