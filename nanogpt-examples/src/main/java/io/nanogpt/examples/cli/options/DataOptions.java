package io.nanogpt.examples.cli.options;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.Corpus.CaseFolding;
import io.nanogpt.data.DirectoryOptions;
import io.nanogpt.examples.cli.console.Heading;
import io.nanogpt.examples.cli.console.PathConverter;
import io.nanogpt.examples.samples.SampleCaptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of the text that is read, and of its preparation. */
@Heading("Data")
public final class DataOptions {
    private static final String JSON = ".json";
    private static final String COMPRESSED = ".gz";
    private static final Set<String> COLUMNS = Set.of(".jsonl", ".ndjson", ".csv", ".tsv", ".parquet");

    /** Refuses what begins like an option, so that a mistyped option after a path is not taken for another path. */
    static final class DataPath extends PathConverter {
        @Override
        public Path convert(String value) {
            if (value.startsWith("--")) {
                throw new TypeConversionException("must be a path, but is " + value);
            }
            return super.convert(value);
        }
    }

    @Option(
            names = "--data",
            arity = "1..*",
            paramLabel = "PATH",
            converter = DataPath.class,
            description =
                    "text to read: .json with strings; .json, .jsonl, .ndjson, .csv, .tsv, .parquet with --column;"
                            + " text files, or directories of *.txt; each may be compressed (.gz)")
    private List<Path> paths = new ArrayList<>();

    @Option(names = "--sample", description = "read the built-in sample captions in place of --data")
    private boolean sample;

    @Option(
            names = "--column",
            paramLabel = "NAME",
            description = "field of .json and .jsonl, or column of .csv, .tsv and .parquet, to read")
    private @Nullable String column;

    @Option(
            names = "--separator",
            paramLabel = "TEXT",
            description = "text between records, with \\n and \\t; generation ends at it, but for text files"
                    + " (default: the control character U+001E, or \\n between text files)")
    private @Nullable String separator;

    @Option(
            names = "--case",
            paramLabel = "CASE",
            description = "case conversion: ${COMPLETION-CANDIDATES} (default: keep)")
    private CaseFolding caseFolding = CaseFolding.KEEP;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "most files to take from a directory, in the order of their paths")
    private int limit = Integer.MAX_VALUE;

    @Option(names = "--drop-duplicates", description = "drop records that equal an earlier one")
    private boolean dropDuplicates;

    @Mixin
    private CleaningOptions cleaning = new CleaningOptions();

    /** The embedded captions. */
    public static Corpus sampleCorpus() {
        return Corpus.ofStrings(SampleCaptions.captions());
    }

    /** Whether {@code --data} or {@code --sample} was given. */
    public boolean isGiven() {
        return sample || !paths.isEmpty();
    }

    /** The corpus of all paths, in their order. */
    public Corpus read() {
        if (sample != paths.isEmpty()) {
            throw new IllegalArgumentException(
                    sample
                            ? "give --data or --sample, not both"
                            : "give the text to read, with --data PATH or --sample");
        }
        requireColumnEffect();
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
        return requireText(
                prepared(Corpus.ofStrings(records).withSeparator(between).withRecordEnd(!onlyTexts)));
    }

    /** Names the files of a corpus without a text. */
    private Corpus requireText(Corpus corpus) {
        if (corpus.hasText()) {
            return corpus;
        }
        String from = paths.stream().map(Path::toString).collect(Collectors.joining(", "));
        throw new IllegalArgumentException("the corpus is empty: " + from + (column == null ? "" : ", column " + column)
                + " has no text" + (changesText() ? " that the options of the text leave" : "")
                + "; give --data with a text" + (changesText() ? ", or fewer such options" : ""));
    }

    private Corpus prepared(Corpus read) {
        Corpus corpus = read.withCase(caseFolding);
        corpus = separator == null ? corpus : corpus.withSeparator(Escapes.resolve(separator));
        corpus = cleaning.any() ? corpus.withCleaning(cleaning.steps()) : corpus;
        return dropDuplicates ? corpus.distinct() : corpus;
    }

    /** The corpus of one path. */
    public Corpus part(Path path) {
        requireColumnEffect();
        return prepared(read(path));
    }

    /** What to read, in order; empty with {@code --sample}. */
    public List<Path> paths() {
        return paths;
    }

    /** The paths, if all are text files that are read unchanged and so can be streamed; else none. */
    public List<Path> plainFiles() {
        requireColumnEffect();
        return !changesText() && paths.stream().allMatch(DataOptions::isText) ? List.copyOf(paths) : List.of();
    }

    private static boolean isText(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return !Files.isDirectory(path) && !name.endsWith(COMPRESSED) && !name.endsWith(JSON) && !hasColumns(path);
    }

    /** The end of the name, without that of compression. */
    private static String extension(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        String plain = name.endsWith(COMPRESSED) ? name.substring(0, name.length() - COMPRESSED.length()) : name;
        return plain.substring(Math.max(0, plain.lastIndexOf('.')));
    }

    /** Whether a file has columns or fields, one of which is read. */
    private static boolean hasColumns(Path path) {
        return !Files.isDirectory(path) && COLUMNS.contains(extension(path));
    }

    /** Refuses a column where no file has columns. */
    private void requireColumnEffect() {
        if (column != null
                && paths.stream()
                        .noneMatch(path -> hasColumns(path) || extension(path).equals(JSON))) {
            throw new IllegalArgumentException(
                    "--column " + column + " is for .json, .jsonl, .ndjson, .csv, .tsv and .parquet files,"
                            + " and there is none " + (sample ? "in --sample" : "among " + paths)
                            + "; leave it out, or rename a file of columns that is called otherwise");
        }
    }

    /** Whether an option changes the text that is read. */
    boolean changesText() {
        return cleaning.any() || dropDuplicates || separator != null || caseFolding != CaseFolding.KEEP;
    }

    private Corpus read(Path path) {
        if (Files.isDirectory(path)) {
            return Corpus.ofDirectory(path, new DirectoryOptions(true, limit, DirectoryOptions.Duplicates.KEEP));
        }
        return switch (extension(path)) {
            case JSON -> column == null ? Corpus.ofJson(path) : Corpus.ofJson(path, column);
            case ".jsonl", ".ndjson" -> Corpus.ofJsonLines(path, column(path));
            case ".csv" -> Corpus.ofCsv(path, column(path));
            case ".tsv" -> Corpus.ofTsv(path, column(path));
            case ".parquet" -> Corpus.ofParquet(path, column(path));
            default -> Corpus.ofFiles(path);
        };
    }

    private String column(Path path) {
        if (column == null) {
            throw new IllegalArgumentException(path + " has columns; give the one to read with --column NAME");
        }
        return column;
    }
}
