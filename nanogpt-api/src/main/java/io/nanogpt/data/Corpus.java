package io.nanogpt.data;

import io.nanogpt.spi.Library;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Training text: records in order, joined by a separator. Immutable. Readers validate UTF-8; an error names the file
 * and the position. Files that gzip compressed are decompressed, whatever their name.
 */
public final class Corpus {
    /**
     * The default separator: the control character U+001E, the record separator of Unicode. Ordinary text does not
     * contain it, so records may contain line breaks.
     */
    public static final String RECORD_SEPARATOR = "\u001E";

    private final List<String> records;
    private final String separator;
    private final CaseFolding caseFolding;
    private final boolean endsRecords;
    /** Where the records were read, for people; empty for text in memory. */
    private final String source;

    private Corpus(
            List<String> records, String separator, CaseFolding caseFolding, boolean endsRecords, String source) {
        this.records = List.copyOf(Objects.requireNonNull(records, "records"));
        this.separator = Objects.requireNonNull(separator, "separator");
        this.caseFolding = Objects.requireNonNull(caseFolding, "caseFolding");
        this.endsRecords = endsRecords;
        this.source = source;
    }

    private static Corpus read(List<String> records, String source) {
        return new Corpus(records, RECORD_SEPARATOR, CaseFolding.KEEP, true, source);
    }

    /** Returns a corpus of records in memory, joined by {@link #RECORD_SEPARATOR}. */
    public static Corpus ofStrings(List<String> records) {
        Objects.requireNonNull(records, "records").forEach(record -> Objects.requireNonNull(record, "a record"));
        return read(records, "");
    }

    /** Returns a corpus of one text in memory, unchanged. */
    public static Corpus ofText(String text) {
        return new Corpus(List.of(Objects.requireNonNull(text, "text")), "", CaseFolding.KEEP, false, "");
    }

    /** Reads text files, one record each, joined by {@code "\n"}. */
    public static Corpus ofFiles(Path... files) {
        List<String> texts = Arrays.stream(Objects.requireNonNull(files, "files"))
                .map(Library.get().corpora()::text)
                .toList();
        String source = Arrays.stream(files).map(Path::toString).collect(Collectors.joining(", "));
        return new Corpus(texts, "\n", CaseFolding.KEEP, false, source);
    }

    /**
     * Reads the {@code *.txt} files below a directory in path order, one record each, joined by {@code "\n"}. Hidden files
     * and folders are left out.
     */
    public static Corpus ofDirectory(Path directory) {
        return ofDirectory(directory, DirectoryOptions.defaults());
    }

    /**
     * Reads the {@code *.txt} files below a directory in path order, one record each, joined by {@code "\n"}. Hidden files
     * and folders are left out.
     */
    public static Corpus ofDirectory(Path directory, DirectoryOptions options) {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(options, "options");
        List<String> texts = Library.get().corpora().directory(directory, options);
        return new Corpus(texts, "\n", CaseFolding.KEEP, false, directory.toString());
    }

    /** Reads a JSON array of strings, one record each. */
    public static Corpus ofJson(Path file) {
        return read(Library.get().corpora().json(Objects.requireNonNull(file, "file")), file.toString());
    }

    /** Reads a JSON array of objects, or JSON lines: the string at {@code field} of each object. */
    public static Corpus ofJson(Path file, String field) {
        List<String> records = Library.get()
                .corpora()
                .json(Objects.requireNonNull(file, "file"), Objects.requireNonNull(field, "field"));
        return read(records, file + ", field " + field);
    }

    /** Reads JSON lines: the string at {@code field} of each object. */
    public static Corpus ofJsonLines(Path file, String field) {
        List<String> records = Library.get()
                .corpora()
                .jsonLines(Objects.requireNonNull(file, "file"), Objects.requireNonNull(field, "field"));
        return read(records, file + ", field " + field);
    }

    /**
     * Reads comma-separated values (RFC 4180) with a header line: the cells of {@code column}. A quoted cell that begins
     * with an apostrophe and {@code = + - @}, a tab or a carriage return is read without the apostrophe, with which
     * spreadsheets are kept from taking a text for a formula.
     */
    public static Corpus ofCsv(Path file, String column) {
        List<String> records = Library.get()
                .corpora()
                .csv(Objects.requireNonNull(file, "file"), Objects.requireNonNull(column, "column"));
        return read(records, file + ", column " + column);
    }

    /** Reads tab-separated values with a header line: the cells of {@code column}; quoted cells are those of a CSV file. */
    public static Corpus ofTsv(Path file, String column) {
        List<String> records = Library.get()
                .corpora()
                .tsv(Objects.requireNonNull(file, "file"), Objects.requireNonNull(column, "column"));
        return read(records, file + ", column " + column);
    }

    /**
     * Reads a column of texts of a Parquet file. Needs the JDBC driver of DuckDB, {@code org.duckdb:duckdb_jdbc}, on the
     * class path.
     *
     * @throws io.nanogpt.NanogptException if the driver is missing, the file is broken, there is no such column, or it
     *     holds other values than texts
     */
    public static Corpus ofParquet(Path file, String column) {
        List<String> records = Library.get()
                .corpora()
                .parquet(Objects.requireNonNull(file, "file"), Objects.requireNonNull(column, "column"));
        return read(records, file + ", column " + column);
    }

    /** Reads a data set of the Hugging Face hub from its cache or, without one, downloads it. */
    public static Corpus ofDataset(Dataset dataset) {
        return read(Library.get().corpora().dataset(Objects.requireNonNull(dataset, "dataset")), dataset.name());
    }

    /**
     * Returns a copy with this separator between records; {@code "\n"} and {@code ""} are common. Generation ends at
     * it, see {@link #recordEnd}.
     */
    public Corpus withSeparator(String separator) {
        return new Corpus(records, separator, caseFolding, endsRecords, source);
    }

    /**
     * Returns a copy whose models end generation at the end of a record or not. The default is true for records
     * ({@link #ofStrings}, JSON, CSV, data sets) and false for text files and a single text. With false, a model
     * generates one record after another, with the separator between them.
     */
    public Corpus withRecordEnd(boolean value) {
        return new Corpus(records, separator, caseFolding, value, source);
    }

    /** Returns a copy with this case conversion. */
    public Corpus withCase(CaseFolding caseFolding) {
        return new Corpus(records, separator, caseFolding, endsRecords, source);
    }

    /** Returns a copy with each record cleaned as a separate text; records that become empty are dropped. */
    public Corpus withCleaning(Cleaning cleaning) {
        Objects.requireNonNull(cleaning, "cleaning");
        List<String> cleaned = records.stream()
                .map(record -> cleaning.apply(record))
                .filter(record -> !record.isEmpty())
                .toList();
        return new Corpus(cleaned, separator, caseFolding, endsRecords, source);
    }

    /** Returns a copy without records that equal an earlier one after case conversion. */
    public Corpus distinct() {
        return new Corpus(List.copyOf(new LinkedHashSet<>(records())), separator, caseFolding, endsRecords, source);
    }

    /** Returns the records in order, after case conversion. */
    public List<String> records() {
        return caseFolding == CaseFolding.KEEP
                ? records
                : records.stream().map(caseFolding::apply).toList();
    }

    /**
     * Returns where the records were read, for people: the files, with the column of each record; empty for text in memory.
     */
    public Optional<String> source() {
        return source.isEmpty() ? Optional.empty() : Optional.of(source);
    }

    /** Whether any record has text. */
    public boolean hasText() {
        return records.stream().anyMatch(record -> !record.isEmpty());
    }

    /**
     * Returns this corpus.
     *
     * @throws IllegalArgumentException if no record has text; the message names where the records were read
     */
    public Corpus requireText() {
        if (hasText()) {
            return this;
        }
        throw new IllegalArgumentException("the corpus is empty: " + source().orElse("it") + " has " + records.size()
                + (records.size() == 1 ? " record" : " records")
                + " and no text in them; check the path, the file's content and the name of its column");
    }

    /** Returns the separator between records. */
    public String separator() {
        return separator;
    }

    /**
     * Returns the text at which a model trained on this corpus ends generation: the separator; empty if the separator
     * is empty or occurs within a record, if there is only one record, and after {@code withRecordEnd(false)}.
     */
    public Optional<String> recordEnd() {
        boolean ends = endsRecords
                && records.size() > 1
                && !separator.isEmpty()
                && records().stream().noneMatch(record -> record.contains(separator));
        return ends ? Optional.of(separator) : Optional.empty();
    }

    /** Returns the number of records and the separator, for people. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder("corpus of " + records.size() + (records.size() == 1 ? " record" : " records"));
        if (records.size() > 1) {
            text.append(", separated by \"");
            separator.chars().forEach(unit -> {
                if (unit < ' ') {
                    text.append(String.format(Locale.ROOT, "\\u%04x", unit));
                } else {
                    text.append((char) unit);
                }
            });
            text.append('"');
        }
        return text.toString();
    }

    /** Returns the records joined by the separator. */
    public String text() {
        return String.join(separator, records());
    }

    /**
     * Splits the corpus into texts for training, validation and test, which share no token.
     *
     * @throws IllegalArgumentException if no record has text
     */
    public Split split(SplitOptions options) {
        return Library.get().corpora().split(this, Objects.requireNonNull(options, "options"));
    }

    /**
     * The texts of a split.
     *
     * @param train the training text
     * @param validation the validation text
     * @param test the test text; empty without a test fraction
     */
    public record Split(String train, String validation, String test) {}

    /** Case conversion applied to a corpus. */
    public enum CaseFolding {
        /** No conversion. */
        KEEP,
        /** Conversion to lower case. */
        LOWER,
        /** Conversion to upper case. */
        UPPER;

        /** Converts a text, independently of the default locale. */
        public String apply(String text) {
            return switch (this) {
                case KEEP -> text;
                case LOWER -> text.toLowerCase(Locale.ROOT);
                case UPPER -> text.toUpperCase(Locale.ROOT);
            };
        }
    }
}
