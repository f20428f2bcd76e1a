package io.nanogpt.spi;

import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/** Reads and writes token ids for {@link TokenSource} and {@link Tokenization}. */
public interface TokenFiles {
    /** Copies ids into a source in memory. */
    TokenSource copyOf(int[] ids);

    /** Joins sources, at least one. */
    TokenSource concat(List<TokenSource> sources);

    /** Opens a token file. */
    TokenSource open(Path file);

    /** Opens a token file, checking that its ids are of this tokenizer. */
    TokenSource open(Path file, Tokenizer tokenizer);

    /** Tokenizes a text file into a token file. */
    Tokenization.Report write(Tokenization settings, Path text, Path tokens);
}
