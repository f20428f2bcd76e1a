package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.NanogptException;
import io.nanogpt.tokenizer.WordCounts;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Counts that are written as a header, the number of pre-tokens, and for each its length, its count and its bytes. A
 * length and a count have seven bits a byte, the lowest first, and the highest bit says that more follow.
 */
public final class CountedWords implements WordCounts {
    private static final byte[] HEADER = {'n', 'g', 'w', 'c', 1};
    private static final int MORE = 0x80;
    private static final int BITS = 7;
    /** What {@link PretokenCounts#add} may read beyond a pre-token. */
    private static final int PADDING = 16;
    /** Bytes of a pre-token that are read at once, so that a wrong length allocates no more than the text has. */
    private static final int PART = 1 << 16;

    private final PretokenCounts counts;
    private long words = -1;

    private CountedWords(PretokenCounts counts) {
        this.counts = counts;
    }

    /** Counts of no text. */
    public CountedWords() {
        this(new PretokenCounts());
    }

    /** Counts of a text. */
    public static CountedWords of(PretokenCounts counts) {
        return new CountedWords(counts);
    }

    /** The counts to train on. */
    public PretokenCounts counts() {
        return counts;
    }

    @Override
    public void add(byte[] word, long count) {
        if (word.length == 0 || count < 1) {
            throw new IllegalArgumentException("a pre-token must have at least one byte and a count of at least 1, but"
                    + " one has " + word.length + " bytes and the count " + count);
        }
        words = -1;
        counts.add(Arrays.copyOf(word, word.length + PADDING), 0, word.length, count);
    }

    @Override
    public void merge(WordCounts other) {
        words = -1;
        counts.addAll(((CountedWords) other).counts);
    }

    @Override
    public long count(byte[] word) {
        long[] found = new long[1];
        counts.forEach((bytes, from, length, count) -> {
            if (Arrays.equals(word, 0, word.length, bytes, from, from + length)) {
                found[0] = count;
            }
        });
        return found[0];
    }

    @Override
    public long words() {
        if (words < 0) {
            long[] number = new long[1];
            counts.forEach((bytes, from, length, count) -> number[0]++);
            words = number[0];
        }
        return words;
    }

    @Override
    public void write(OutputStream out) throws IOException {
        List<Map.Entry<byte[], Long>> sorted = new ArrayList<>();
        counts.forEach((bytes, from, length, count) ->
                sorted.add(Map.entry(Arrays.copyOfRange(bytes, from, from + length), count)));
        sorted.sort(Map.Entry.comparingByKey(Arrays::compareUnsigned));
        DataOutputStream data = new DataOutputStream(out);
        data.write(HEADER);
        writeNumber(data, sorted.size());
        for (Map.Entry<byte[], Long> word : sorted) {
            writeNumber(data, word.getKey().length);
            writeNumber(data, word.getValue());
            data.write(word.getKey());
        }
        data.flush();
    }

    private static void writeNumber(DataOutputStream out, long number) throws IOException {
        long rest = number;
        while (rest >= MORE) {
            out.write((int) (rest & (MORE - 1)) | MORE);
            rest >>>= BITS;
        }
        out.write((int) rest);
    }

    /**
     * Reads counts.
     *
     * @throws NanogptException if these are no counts, or end too early
     */
    public static CountedWords read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        CountedWords counts = new CountedWords();
        try {
            if (!Arrays.equals(data.readNBytes(HEADER.length), HEADER)) {
                throw new NanogptException("these are no counts of pre-tokens: they begin otherwise than those that"
                        + " WordCounts.write writes");
            }
            for (long left = readNumber(data); left > 0; left--) {
                long length = readNumber(data);
                long count = readNumber(data);
                if (length < 1 || length > Integer.MAX_VALUE - PADDING || count < 1) {
                    throw new NanogptException("the counts of pre-tokens are broken: one has " + length
                            + " bytes and the count " + count + "; count the text again");
                }
                counts.counts.add(readWord(data, (int) length), 0, (int) length, count);
            }
        } catch (EOFException e) {
            throw new NanogptException("the counts of pre-tokens end too early; count the text again", e);
        }
        return counts;
    }

    private static byte[] readWord(DataInputStream data, int length) throws IOException {
        byte[] word = new byte[Math.min(length, PART) + PADDING];
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, PART);
            if (done + part + PADDING > word.length) {
                word = Arrays.copyOf(word, (int) Math.min(length + (long) PADDING, 2L * word.length));
            }
            data.readFully(word, done, part);
            done += part;
        }
        return word;
    }

    private static long readNumber(DataInputStream in) throws IOException {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE - 1; shift += BITS) {
            int next = in.readUnsignedByte();
            number |= (long) (next & (MORE - 1)) << shift;
            if (next < MORE) {
                return number;
            }
        }
        throw new NanogptException("the counts of pre-tokens are broken: a number is too long; count the text again");
    }
}
