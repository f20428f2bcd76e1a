package io.nanogpt.examples.benchmarks.hostile;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts inputs and keeps findings: each kind is a folder of its own with {@code about.txt} and, where a file caused it, that
 * file.
 */
final class Findings {
    /** Name of the description in the folder of a finding. */
    static final String ABOUT = "about.txt";
    /** Name of the file that caused a finding, in its folder. */
    static final String INPUT = "input";

    private static final int LONGEST_NAME = 100;

    private final Path folder;
    private final Path table;
    private final long seed;
    private final Map<String, long[]> counts = new TreeMap<>();
    private final Map<String, Integer> kinds = new TreeMap<>();

    /**
     * Creates a record without findings.
     *
     * @param folder receives a folder for each kind of finding
     * @param table the file that rows are appended to, of four cells with tabs between them
     */
    Findings(Path folder, Path table, long seed) {
        this.folder = folder;
        this.table = table;
        this.seed = seed;
    }

    /** Counts inputs of a class. */
    synchronized void count(String inputs, long number) {
        counts(inputs)[0] += number;
    }

    private long[] counts(String inputs) {
        return counts.computeIfAbsent(inputs, key -> new long[2]);
    }

    /** Says that something could not be tried, and why. */
    synchronized void skip(String inputs, String reason) throws IOException {
        System.out.println("not run: " + inputs + ": " + reason);
        append("skipped", inputs, "0", reason);
    }

    /** Records a broken promise without a file. */
    void add(String inputs, String what, @Nullable Throwable error) {
        add(inputs, what, error, null);
    }

    /**
     * Records a broken promise. The first of a kind is saved.
     *
     * @param inputs the class of inputs
     * @param what the kind of the finding, by which they are grouped
     * @param error what was thrown
     * @param input the file that caused it
     */
    synchronized void add(String inputs, String what, @Nullable Throwable error, byte @Nullable [] input) {
        counts(inputs)[1]++;
        String kind = inputs + ": " + what;
        if (kinds.merge(kind, 1, Integer::sum) > 1) {
            return;
        }
        String name = kind.replaceAll("[^A-Za-z0-9.]+", "-");
        name = name.substring(0, Math.min(name.length(), LONGEST_NAME)) + "-" + Integer.toHexString(kind.hashCode());
        System.out.println("FINDING " + kind + (error == null ? "" : "\n        " + error) + "\n        in " + name);
        try {
            Path saved = Files.createDirectories(folder.resolve(name));
            Files.writeString(
                    saved.resolve(ABOUT),
                    "inputs=" + inputs + "\nseed=" + seed + "\nwhat=" + what + "\n\n" + trace(error));
            if (input != null) {
                Files.write(saved.resolve(INPUT), input);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save the finding " + name, e);
        }
    }

    private static String trace(@Nullable Throwable error) {
        if (error == null) {
            return "";
        }
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    /** Appends a row for each class of inputs to the table, and returns whether nothing was found. */
    synchronized boolean finish() throws IOException {
        for (Map.Entry<String, long[]> row : counts.entrySet()) {
            long[] numbers = row.getValue();
            append("tried", row.getKey(), Long.toString(numbers[0]), Long.toString(numbers[1]));
        }
        for (Map.Entry<String, Integer> kind : kinds.entrySet()) {
            append("found", kind.getKey(), kind.getValue().toString(), "");
        }
        return kinds.isEmpty();
    }

    private void append(String... cells) throws IOException {
        Files.writeString(table, String.join("\t", cells) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
