package io.nanogpt.examples.benchmarks.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * What a campaign works with.
 *
 * @param seed of all inputs
 * @param deadline value of {@link System#nanoTime} at which the campaign ends
 * @param work an empty folder for its files
 * @param resources the test resources of nanogpt-impl
 * @param findings receives what breaks a promise
 * @param privateMounts whether this process has mounts of its own and may add some
 */
record Context(long seed, long deadline, Path work, Path resources, Findings findings, boolean privateMounts) {
    boolean timeIsLeft() {
        return System.nanoTime() < deadline;
    }

    /** The seconds until the deadline, at least 0. */
    double secondsLeft() {
        return Math.max(0, (deadline - System.nanoTime()) / 1e9);
    }

    /** A copy that ends after this share of the time that is left. */
    Context share(double part) {
        long end = System.nanoTime() + (long) (secondsLeft() * part * 1e9);
        return new Context(seed, end, work, resources, findings, privateMounts);
    }

    /** Random numbers that depend on the seed and the purpose only. */
    SplittableRandom random(String purpose, long index) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + purpose.hashCode() * 1_000_003L + index);
    }

    /** An empty folder below the work folder. */
    Path emptyFolder(String name) throws IOException {
        Path folder = work.resolve(name);
        Folders.delete(folder);
        return Files.createDirectories(folder);
    }
}
