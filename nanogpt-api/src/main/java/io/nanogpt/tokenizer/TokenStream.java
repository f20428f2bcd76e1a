package io.nanogpt.tokenizer;

/** Token ids that are made while they are asked for. For use by one thread at a time. */
public interface TokenStream extends AutoCloseable {
    /**
     * Copies the next ids out.
     *
     * @param ids receives them from {@code offset} on
     * @param length the most that are wanted, at least 1
     * @return how many were copied, at least 1; or -1 at the end
     * @throws io.nanogpt.NanogptException if the text is not UTF-8, with the offset of the first byte that is wrong
     * @throws IllegalArgumentException if the text holds something the tokenizer refuses
     * @throws java.io.UncheckedIOException if the text cannot be read
     */
    int read(int[] ids, int offset, int length);

    /** Closes the text; ids that were not asked for are lost. */
    @Override
    void close();
}
