package io.nanogpt.data;

import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Text to train on: records in order, joined by a separator. Immutable: each {@code with} method returns a new corpus.
 * Readers check for UTF-8 and name the file and the place that is wrong.
 */
public final class Corpus {
    /** Stands between records: {@code "\n<ENDC>\n"}. */
    public static final String RECORD_SEPARATOR = "\n<ENDC>\n";

    private final List<String> records;
    private final String separator;
    private final CaseFolding caseFolding;

    private Corpus(List<String> records, String separator, CaseFolding caseFolding) {
        this.records = List.copyOf(records);
        this.separator = Objects.requireNonNull(separator, "separator");
        this.caseFolding = Objects.requireNonNull(caseFolding, "caseFolding");
    }

    /** Records in memory, joined by {@link #RECORD_SEPARATOR}. */
    public static Corpus ofStrings(List<String> records) {
        return new Corpus(records, RECORD_SEPARATOR, CaseFolding.KEEP);
    }

    /** One text in memory, taken as it is. */
    public static Corpus ofText(String text) {
        return new Corpus(List.of(text), "", CaseFolding.KEEP);
    }

    /** Text files, one record each, joined by {@code "\n"}. */
    public static Corpus ofFiles(Path... files) {
        List<String> texts =
                Arrays.stream(files).map(Library.get().corpora()::text).toList();
        return new Corpus(texts, "\n", CaseFolding.KEEP);
    }

    /** The {@code *.txt} files below a directory in path order, one record each, joined by {@code "\n"}. */
    public static Corpus ofDirectory(Path directory) {
        return ofDirectory(directory, DirectoryOptions.defaults());
    }

    /** The {@code *.txt} files below a directory in path order, one record each, joined by {@code "\n"}. */
    public static Corpus ofDirectory(Path directory, DirectoryOptions options) {
        return new Corpus(Library.get().corpora().directory(directory, options), "\n", CaseFolding.KEEP);
    }

    /** A JSON array of strings, one record each. */
    public static Corpus ofJson(Path file) {
        return ofStrings(Library.get().corpora().json(file));
    }

    /** JSON lines: the string at {@code field} of each object. */
    public static Corpus ofJsonLines(Path file, String field) {
        return ofStrings(Library.get().corpora().jsonLines(file, field));
    }

    /** Comma-separated values (RFC 4180) with a header line: the cells below {@code column}. */
    public static Corpus ofCsv(Path file, String column) {
        return ofStrings(Library.get().corpora().csv(file, column));
    }

    /** A data set of the Hugging Face hub, read from its cache or, where there is none, downloaded. */
    public static Corpus ofDataset(Dataset dataset) {
        return ofStrings(Library.get().corpora().dataset(dataset));
    }

    /** Another separator between records; {@code "\n"} and {@code ""} are common. */
    public Corpus withSeparator(String separator) {
        return new Corpus(records, separator, caseFolding);
    }

    /** Another case. */
    public Corpus withCase(CaseFolding caseFolding) {
        return new Corpus(records, separator, caseFolding);
    }

    /** The same records, each cleaned as a text of its own; those that end up empty are left out. */
    public Corpus withCleaning(Cleaning cleaning) {
        List<String> cleaned = records.stream()
                .map(record -> cleaning.apply(record))
                .filter(record -> !record.isEmpty())
                .toList();
        return new Corpus(cleaned, separator, caseFolding);
    }

    /** Without records that are equal to an earlier one, case folding included. */
    public Corpus distinct() {
        return new Corpus(List.copyOf(new LinkedHashSet<>(records())), separator, caseFolding);
    }

    /** The records, case folded, in order. */
    public List<String> records() {
        return caseFolding == CaseFolding.KEEP
                ? records
                : records.stream().map(caseFolding::apply).toList();
    }

    /** What stands between records. */
    public String separator() {
        return separator;
    }

    /** The records joined by the separator. */
    public String text() {
        return String.join(separator, records());
    }

    /** Cuts the corpus into texts for training, validation and test; no token of one is in another. */
    public Split split(SplitOptions options) {
        return Library.get().corpora().split(this, options);
    }

    /**
     * The texts of a split.
     *
     * @param train what the model learns from
     * @param validation what it is measured on
     * @param test what it is measured on once, at the end; empty where none was asked for
     */
    public record Split(String train, String validation, String test) {}

    /** What becomes of upper and lower case when a corpus is read. */
    public enum CaseFolding {
        /** Text stays as it is. */
        KEEP,
        /** Everything in lower case. */
        LOWER,
        /** Everything in upper case. */
        UPPER;

        /** The text in this case, independent of the machine's language. */
        public String apply(String text) {
            return switch (this) {
                case KEEP -> text;
                case LOWER -> text.toLowerCase(Locale.ROOT);
                case UPPER -> text.toUpperCase(Locale.ROOT);
            };
        }
    }
}
