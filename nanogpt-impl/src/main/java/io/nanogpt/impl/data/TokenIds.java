package io.nanogpt.impl.data;

import io.nanogpt.data.TokenSource;
import java.util.Arrays;
import java.util.Objects;

/** An immutable sequence of token ids in memory: two bytes each where the vocabulary allows, four otherwise. */
public abstract sealed class TokenIds implements TokenSource {
    /** The largest vocabulary whose ids fit in two bytes. */
    private static final int TWO_BYTE_VOCABULARY = 1 << Character.SIZE;

    private TokenIds() {}

    /**
     * A copy of some ids.
     *
     * @param vocabularySize every id is below it
     * @throws IllegalArgumentException naming the first id that is not
     */
    public static TokenIds of(int[] ids, int vocabularySize) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabularySize) {
                throw new IllegalArgumentException("token ids must be from 0 to " + (vocabularySize - 1)
                        + " for a vocabulary of " + vocabularySize + ", but the one at index " + i + " is " + ids[i]
                        + "; encode the text with the tokenizer of this model");
            }
        }
        return compact(ids, vocabularySize - 1);
    }

    private static TokenIds compact(int[] ids, int largest) {
        if (largest >= TWO_BYTE_VOCABULARY) {
            return new FourBytes(ids.clone());
        }
        char[] narrow = new char[ids.length];
        for (int i = 0; i < ids.length; i++) {
            narrow[i] = (char) ids[i];
        }
        return new TwoBytes(narrow);
    }

    /** A copy of some ids in as many bytes as the largest of them needs. */
    static TokenIds of(int[] ids) {
        return compact(ids, Arrays.stream(ids).max().orElse(0));
    }

    /** The bytes that the ids take. */
    public abstract long bytes();

    @Override
    public final void copy(long from, int[] destination, int offset, int length) {
        long available = size();
        Objects.checkFromIndexSize(from, length, available);
        Objects.checkFromIndexSize(offset, length, destination.length);
        copyChecked((int) from, destination, offset, length);
    }

    @Override
    public final String toString() {
        return "the text in memory";
    }

    abstract void copyChecked(int from, int[] destination, int offset, int length);

    private static final class TwoBytes extends TokenIds {
        private final char[] ids;

        TwoBytes(char[] ids) {
            this.ids = ids;
        }

        @Override
        public long size() {
            return ids.length;
        }

        @Override
        public long bytes() {
            return (long) Character.BYTES * ids.length;
        }

        @Override
        void copyChecked(int from, int[] destination, int offset, int length) {
            for (int i = 0; i < length; i++) {
                destination[offset + i] = ids[from + i];
            }
        }
    }

    private static final class FourBytes extends TokenIds {
        private final int[] ids;

        FourBytes(int[] ids) {
            this.ids = ids;
        }

        @Override
        public long size() {
            return ids.length;
        }

        @Override
        public long bytes() {
            return (long) Integer.BYTES * ids.length;
        }

        @Override
        void copyChecked(int from, int[] destination, int offset, int length) {
            System.arraycopy(ids, from, destination, offset, length);
        }
    }
}
