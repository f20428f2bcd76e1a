package io.nanogpt.spi;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.Dataset;
import io.nanogpt.data.DirectoryOptions;
import io.nanogpt.data.RemoteText;
import io.nanogpt.data.SplitOptions;
import java.nio.file.Path;
import java.util.List;

/** Reads the records of a {@link Corpus}. All files are UTF-8, and may be compressed by gzip. */
public interface CorpusReader {
    /** Reads a whole text file. */
    String text(Path file);

    /** Reads the text files of a directory. */
    List<String> directory(Path directory, DirectoryOptions options);

    /** Reads a JSON array of strings. */
    List<String> json(Path file);

    /** Reads one field of a JSON array of objects, or of JSON lines. */
    List<String> json(Path file, String field);

    /** Reads one field of JSON lines. */
    List<String> jsonLines(Path file, String field);

    /** Reads one column of comma-separated values. */
    List<String> csv(Path file, String column);

    /** Reads one column of tab-separated values. */
    List<String> tsv(Path file, String column);

    /** Reads one column of a Parquet file. */
    List<String> parquet(Path file, String column);

    /** Reads a data set from its cache or from the network. */
    List<String> dataset(Dataset dataset);

    /** Downloads a text, or compares the file that keeps it, as {@link RemoteText#download} describes. */
    void download(RemoteText text);

    /** Splits a corpus into texts for training, validation and test. */
    Corpus.Split split(Corpus corpus, SplitOptions options);
}
