package io.nanogpt.data;

import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Path;

/**
 * Token ids in a row, in memory or in a file that is larger than it. Safe for use by many threads. {@code toString} says
 * where the ids come from, for error messages.
 */
public interface TokenSource {
    /** The number of ids. */
    long size();

    /**
     * Copies ids out. Allocates nothing.
     *
     * @param from index of the first id
     * @param destination receives them from {@code offset} on
     * @param length how many
     * @throws IndexOutOfBoundsException if either range does not fit
     */
    void copy(long from, int[] destination, int offset, int length);

    /** A copy of some ids, none negative. */
    static TokenSource of(int... ids) {
        return Library.get().tokenFiles().copyOf(ids);
    }

    /**
     * The ids of a token file: {@code .npy}, or raw little-endian as nanoGPT writes them. The file is mapped into memory,
     * not read, so it may be of any size; it must not change while it is in use. Raw ids have two bytes, unless the side
     * file that was written with them says four.
     *
     * @throws io.nanogpt.NanogptException if the file is broken, or is not what its side file says
     */
    static TokenSource open(Path file) {
        return Library.get().tokenFiles().open(file);
    }

    /**
     * The ids of a token file that a tokenizer made. Where there is a side file, it must name this tokenizer.
     *
     * @throws io.nanogpt.NanogptException as {@link #open(Path)} does, and if the ids are of another tokenizer
     */
    static TokenSource open(Path file, Tokenizer tokenizer) {
        return Library.get().tokenFiles().open(file, tokenizer);
    }
}
