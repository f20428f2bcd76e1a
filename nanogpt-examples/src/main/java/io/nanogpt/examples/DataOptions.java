package io.nanogpt.examples;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.Corpus.CaseFolding;
import io.nanogpt.data.DirectoryOptions;
import io.nanogpt.data.SplitOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what text to read, and how. */
final class DataOptions {
    @Option(
            names = "--data",
            arity = "1..*",
            paramLabel = "PATH",
            description = "a JSON array of strings (.json), .jsonl or .csv with --column, text files, or directories of"
                    + " *.txt")
    private List<Path> paths = new ArrayList<>();

    @Option(names = "--sample", description = "the embedded sample captions instead of --data")
    private boolean sample;

    @Option(names = "--column", description = "the field of .jsonl or the column of .csv to read")
    private @Nullable String column;

    @Option(
            names = "--separator",
            description =
                    "stands between records, with \\n and \\t; by default the control character U+001E, or \\n between text"
                            + " files. Generation ends at it, but for text files")
    private @Nullable String separator;

    @Option(names = "--case", description = "${COMPLETION-CANDIDATES}; KEEP by default")
    private CaseFolding caseFolding = CaseFolding.KEEP;

    @Option(names = "--limit", description = "the most files to take from a directory, in the order of their paths")
    private int limit = Integer.MAX_VALUE;

    @Option(names = "--drop-duplicates", description = "drop records that are equal to an earlier one")
    private boolean dropDuplicates;

    @Mixin
    private CleaningOptions cleaning = new CleaningOptions();

    @Option(names = "--validation-fraction", description = "share of the text that validates; 0.1 by default")
    private double validationFraction = 0.1;

    @Option(names = "--test-fraction", description = "share at the end that training sees nothing of; 0 by default")
    private double testFraction;

    /** The embedded captions. */
    static Corpus sampleCorpus() {
        return Corpus.ofStrings(SampleCaptions.captions());
    }

    /** Whether there is a text to read. */
    boolean isGiven() {
        return sample || !paths.isEmpty();
    }

    /** The corpus of all paths, in their order. */
    Corpus read() {
        if (sample != paths.isEmpty()) {
            throw new IllegalArgumentException(
                    sample
                            ? "give --data or --sample, not both"
                            : "give the text to read, with --data PATH or --sample");
        }
        List<String> records = new ArrayList<>();
        boolean onlyTexts = !sample;
        if (sample) {
            records.addAll(sampleCorpus().records());
        }
        for (Path path : paths) {
            Corpus part = read(path);
            onlyTexts &= !part.separator().equals(Corpus.RECORD_SEPARATOR);
            records.addAll(part.records());
        }
        String between = onlyTexts ? "\n" : Corpus.RECORD_SEPARATOR;
        return prepared(Corpus.ofStrings(records).withSeparator(between).withRecordEnd(!onlyTexts));
    }

    private Corpus prepared(Corpus read) {
        Corpus corpus = read.withCase(caseFolding);
        corpus = separator == null ? corpus : corpus.withSeparator(Escapes.resolve(separator));
        corpus = cleaning.any() ? corpus.withCleaning(cleaning.steps()) : corpus;
        return dropDuplicates ? corpus.distinct() : corpus;
    }

    /** The corpus of one path. */
    Corpus part(Path path) {
        return prepared(read(path));
    }

    /** What to read, in order; empty with {@code --sample}. */
    List<Path> paths() {
        return paths;
    }

    /** The paths where they are text files that are taken as they are, so that they can be read as streams; or none. */
    List<Path> plainFiles() {
        boolean plain = !cleaning.any() && !dropDuplicates && separator == null && caseFolding == CaseFolding.KEEP;
        return plain && paths.stream().allMatch(DataOptions::isText) ? List.copyOf(paths) : List.of();
    }

    private static boolean isText(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return !Files.isDirectory(path)
                && !name.endsWith(".json")
                && !name.endsWith(".jsonl")
                && !name.endsWith(".csv");
    }

    /** How the corpus is cut. */
    SplitOptions split() {
        return new SplitOptions(validationFraction, testFraction, SplitOptions.Unit.POSITION);
    }

    private Corpus read(Path path) {
        if (Files.isDirectory(path)) {
            return Corpus.ofDirectory(path, new DirectoryOptions(true, limit, DirectoryOptions.Duplicates.KEEP));
        }
        String name = path.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".json")) {
            return Corpus.ofJson(path);
        }
        if (name.endsWith(".jsonl")) {
            return Corpus.ofJsonLines(path, column(path));
        }
        if (name.endsWith(".csv")) {
            return Corpus.ofCsv(path, column(path));
        }
        return Corpus.ofFiles(path);
    }

    private String column(Path path) {
        if (column == null) {
            throw new IllegalArgumentException(path + " has columns; name the one to read with --column NAME");
        }
        return column;
    }
}
