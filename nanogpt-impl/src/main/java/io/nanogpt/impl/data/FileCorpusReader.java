package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Dataset;
import io.nanogpt.data.DirectoryOptions;
import io.nanogpt.data.RemoteText;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.spi.CorpusReader;
import java.nio.file.Path;
import java.util.List;

/** Reads corpora from files, and data sets that are not cached from the network. */
public final class FileCorpusReader implements CorpusReader {
    private static final String JDBC = "java.sql";

    @Override
    public String text(Path file) {
        return CorpusText.read(file);
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
    public List<String> json(Path file, String field) {
        return JsonTexts.objects(file, field);
    }

    @Override
    public List<String> jsonLines(Path file, String field) {
        return JsonTexts.lines(file, field);
    }

    @Override
    public List<String> csv(Path file, String column) {
        return CsvTexts.read(file, column, CsvTexts.COMMA);
    }

    @Override
    public List<String> tsv(Path file, String column) {
        return CsvTexts.read(file, column, CsvTexts.TAB);
    }

    @Override
    public List<String> parquet(Path file, String column) {
        if (ModuleLayer.boot().findModule(JDBC).isEmpty()) {
            throw new NanogptException("reading " + file + ", a Parquet file, needs the module " + JDBC
                    + " of the JDK; start Java with --add-modules " + JDBC);
        }
        return ParquetTexts.read(file, column);
    }

    @Override
    public List<String> dataset(Dataset dataset) {
        return new DatasetDownloader(RetryPolicy.standard()).texts(dataset);
    }

    @Override
    public void download(RemoteText text) {
        new TextDownloader(RetryPolicy.standard()).download(text);
    }

    @Override
    public Corpus.Split split(Corpus corpus, SplitOptions options) {
        return CorpusSplitter.split(corpus, options);
    }
}
