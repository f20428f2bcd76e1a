package io.nanogpt.data;

import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Text to train on: records in order, joined by a separator. Immutable: each {@code with} method returns a new corpus.
 * Readers check for UTF-8 and name the file and the place that is wrong.
 */
public final class Corpus {
    /**
     * Stands between records: the control character U+001E, which Unicode calls the record separator. It is no part of
     * anybody's text, so that records may hold line breaks.
     */
    public static final String RECORD_SEPARATOR = "\u001E";

    private final List<String> records;
    private final String separator;
    private final CaseFolding caseFolding;
    private final boolean endsRecords;

    private Corpus(List<String> records, String separator, CaseFolding caseFolding, boolean endsRecords) {
        this.records = List.copyOf(Objects.requireNonNull(records, "records"));
        this.separator = Objects.requireNonNull(separator, "separator");
        this.caseFolding = Objects.requireNonNull(caseFolding, "caseFolding");
        this.endsRecords = endsRecords;
    }

    /** Records in memory, joined by {@link #RECORD_SEPARATOR}. */
    public static Corpus ofStrings(List<String> records) {
        return new Corpus(records, RECORD_SEPARATOR, CaseFolding.KEEP, true);
    }

    /** One text in memory, taken as it is. */
    public static Corpus ofText(String text) {
        return new Corpus(List.of(Objects.requireNonNull(text, "text")), "", CaseFolding.KEEP, false);
    }

    /** Text files, one record each, joined by {@code "\n"}. */
    public static Corpus ofFiles(Path... files) {
        List<String> texts = Arrays.stream(Objects.requireNonNull(files, "files"))
                .map(Library.get().corpora()::text)
                .toList();
        return new Corpus(texts, "\n", CaseFolding.KEEP, false);
    }

    /** The {@code *.txt} files below a directory in path order, one record each, joined by {@code "\n"}. */
    public static Corpus ofDirectory(Path directory) {
        return ofDirectory(directory, DirectoryOptions.defaults());
    }

    /** The {@code *.txt} files below a directory in path order, one record each, joined by {@code "\n"}. */
    public static Corpus ofDirectory(Path directory, DirectoryOptions options) {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(options, "options");
        return new Corpus(Library.get().corpora().directory(directory, options), "\n", CaseFolding.KEEP, false);
    }

    /** A JSON array of strings, one record each. */
    public static Corpus ofJson(Path file) {
        return ofStrings(Library.get().corpora().json(Objects.requireNonNull(file, "file")));
    }

    /** JSON lines: the string at {@code field} of each object. */
    public static Corpus ofJsonLines(Path file, String field) {
        return ofStrings(Library.get()
                .corpora()
                .jsonLines(Objects.requireNonNull(file, "file"), Objects.requireNonNull(field, "field")));
    }

    /** Comma-separated values (RFC 4180) with a header line: the cells below {@code column}. */
    public static Corpus ofCsv(Path file, String column) {
        return ofStrings(Library.get()
                .corpora()
                .csv(Objects.requireNonNull(file, "file"), Objects.requireNonNull(column, "column")));
    }

    /** A data set of the Hugging Face hub, read from its cache or, where there is none, downloaded. */
    public static Corpus ofDataset(Dataset dataset) {
        return ofStrings(Library.get().corpora().dataset(Objects.requireNonNull(dataset, "dataset")));
    }

    /**
     * Another separator between records; {@code "\n"} and {@code ""} are common. Generation ends at it as at the default
     * one, see {@link #recordEnd}, so it should stand within no record.
     */
    public Corpus withSeparator(String separator) {
        return new Corpus(records, separator, caseFolding, endsRecords);
    }

    /**
     * Whether what a model writes ends where a record ends: true for records ({@link #ofStrings}, JSON, CSV, data sets),
     * false for text files and one text. With false the model writes one record after the other, with the separator
     * between them.
     */
    public Corpus withRecordEnd(boolean value) {
        return new Corpus(records, separator, caseFolding, value);
    }

    /** Another case. */
    public Corpus withCase(CaseFolding caseFolding) {
        return new Corpus(records, separator, caseFolding, endsRecords);
    }

    /** The same records, each cleaned as a text of its own; those that end up empty are left out. */
    public Corpus withCleaning(Cleaning cleaning) {
        Objects.requireNonNull(cleaning, "cleaning");
        List<String> cleaned = records.stream()
                .map(record -> cleaning.apply(record))
                .filter(record -> !record.isEmpty())
                .toList();
        return new Corpus(cleaned, separator, caseFolding, endsRecords);
    }

    /** Without records that are equal to an earlier one, case folding included. */
    public Corpus distinct() {
        return new Corpus(List.copyOf(new LinkedHashSet<>(records())), separator, caseFolding, endsRecords);
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

    /**
     * Where generation of a model that is trained on this corpus ends: the separator; empty where there is
     * none, where there is one record alone, and after {@code withRecordEnd(false)}.
     */
    public Optional<String> recordEnd() {
        return endsRecords && records.size() > 1 && !separator.isEmpty() ? Optional.of(separator) : Optional.empty();
    }

    /** The records joined by the separator. */
    public String text() {
        return String.join(separator, records());
    }

    /** Cuts the corpus into texts for training, validation and test; no token of one is in another. */
    public Split split(SplitOptions options) {
        return Library.get().corpora().split(this, Objects.requireNonNull(options, "options"));
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
