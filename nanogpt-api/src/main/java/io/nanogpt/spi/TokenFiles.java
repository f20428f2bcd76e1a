package io.nanogpt.spi;

import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Path;

/** Reads and writes token ids; {@link TokenSource} and {@link Tokenization} call it. */
public interface TokenFiles {
    /** Ids in memory. */
    TokenSource copyOf(int[] ids);

    /** The ids of a file. */
    TokenSource open(Path file);

    /** The ids of a file that a tokenizer made. */
    TokenSource open(Path file, Tokenizer tokenizer);

    /** Turns a text file into a token file. */
    Tokenization.Report write(Tokenization settings, Path text, Path tokens);
}
