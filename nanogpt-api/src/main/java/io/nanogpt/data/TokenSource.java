package io.nanogpt.data;

import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/**
 * A sequence of token ids, in memory or in a file of any size. Thread-safe. {@code toString} describes the origin of
 * the ids in error messages.
 */
public interface TokenSource {
    /** Returns the number of ids. */
    long size();

    /**
     * Copies ids. Allocates nothing.
     *
     * @param from index of the first id
     * @param destination receives them from {@code offset} on
     * @param length the number of ids
     * @throws IndexOutOfBoundsException if either range is out of bounds
     * @throws io.nanogpt.NanogptException if the ids are in a file that has become shorter since it was opened
     */
    void copy(long from, int[] destination, int offset, int length);

    /** Returns a source with a copy of these ids, which must not be negative. */
    static TokenSource of(int... ids) {
        return Library.get().tokenFiles().copyOf(ids);
    }

    /**
     * Returns the ids of several sources one after another, as those of files that were encoded apart.
     *
     * @param sources at least one
     */
    static TokenSource concat(List<TokenSource> sources) {
        return Library.get().tokenFiles().concat(List.copyOf(sources));
    }

    /**
     * Opens a token file: {@code .npy}, or raw little-endian ids as nanoGPT writes them. The file is memory-mapped, so
     * it may be of any size; it must not change while it is in use, but may be replaced by renaming another. Raw ids have two bytes, or four if the metadata
     * file of the token file declares it.
     *
     * @throws io.nanogpt.NanogptException if the file is broken, or does not match its metadata file
     */
    static TokenSource open(Path file) {
        return Library.get().tokenFiles().open(file);
    }

    /**
     * Opens a token file of a tokenizer. The metadata file, if there is one, must be of this tokenizer.
     *
     * @throws io.nanogpt.NanogptException as {@link #open(Path)} does, and if the ids are of another tokenizer
     */
    static TokenSource open(Path file, Tokenizer tokenizer) {
        return Library.get().tokenFiles().open(file, tokenizer);
    }
}
