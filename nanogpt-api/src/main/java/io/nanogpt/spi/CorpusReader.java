package io.nanogpt.spi;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.Dataset;
import io.nanogpt.data.DirectoryOptions;
import io.nanogpt.data.SplitOptions;
import java.nio.file.Path;
import java.util.List;

/** Reads corpora from files; {@link Corpus} calls it. All files are UTF-8. */
public interface CorpusReader {
    /** A whole text file. */
    String text(Path file);

    /** The texts of a directory. */
    List<String> directory(Path directory, DirectoryOptions options);

    /** A JSON array of strings. */
    List<String> json(Path file);

    /** One field of JSON lines. */
    List<String> jsonLines(Path file, String field);

    /** One column of comma-separated values. */
    List<String> csv(Path file, String column);

    /** A data set from its cache or from the network. */
    List<String> dataset(Dataset dataset);

    /** The texts for training, validation and test. */
    Corpus.Split split(Corpus corpus, SplitOptions options);
}
