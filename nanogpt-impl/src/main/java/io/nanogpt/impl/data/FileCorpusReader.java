package io.nanogpt.impl.data;

import io.nanogpt.data.Corpus;
import io.nanogpt.data.Dataset;
import io.nanogpt.data.DirectoryOptions;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.spi.CorpusReader;
import java.nio.file.Path;
import java.util.List;

/** Reads corpora from files, and data sets that are not cached from the network. */
public final class FileCorpusReader implements CorpusReader {
    @Override
    public String text(Path file) {
        return Utf8Files.read(file);
    }

    @Override
    public List<String> directory(Path directory, DirectoryOptions options) {
        return TextDirectory.read(directory, options);
    }

    @Override
    public List<String> json(Path file) {
        return JsonTexts.array(file);
    }

    @Override
    public List<String> jsonLines(Path file, String field) {
        return JsonTexts.lines(file, field);
    }

    @Override
    public List<String> csv(Path file, String column) {
        return CsvTexts.read(file, column);
    }

    @Override
    public List<String> dataset(Dataset dataset) {
        return new DatasetDownloader(RetryPolicy.standard()).texts(dataset);
    }

    @Override
    public Corpus.Split split(Corpus corpus, SplitOptions options) {
        return CorpusSplitter.split(corpus, options);
    }
}
