package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.tokenizer.pretokenize.Splitter;
import io.nanogpt.impl.tokenizer.pretokenize.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Cuts a long text of UTF-8 into blocks whose pre-tokens and special tokens are those of the whole. A block ends at a
 * safe cut: after 1 MiB in nearly every text, at the end of the text if no place is safe.
 */
public final class TextBlocks {
    private static final int BLOCK_BYTES = 1 << 20;
    /** Sources may need room for a few characters to return any. */
    private static final int READ_ROOM = 8;

    private static final int LARGEST = Integer.MAX_VALUE - 64;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Source source;
    private final String name;
    private final Cutter cutter;
    private final SpecialTokens specials;
    private final boolean skipMark;

    /** The bytes read beyond the last block, checked except for an incomplete character. */
    private byte[] rest = {};

    /** The offset of {@link #rest} in the text. */
    private long offset;

    private boolean ended;

    /** Hands out bytes as {@link java.io.InputStream#read(byte[], int, int)} does. */
    @FunctionalInterface
    interface Source {
        /** The number of bytes that were copied, or -1 at the end. */
        int read(byte[] buffer, int offset, int length) throws IOException;
    }

    /** Finds places at which a text can be cut. */
    @FunctionalInterface
    public interface Cutter {
        /** See {@link Splitter#safeCut}. */
        int safeCut(byte[] text, int from, int to);

        /** After the last line feed. */
        static int afterLine(byte[] text, int from, int to) {
            int at = to;
            while (at > from && text[at - 1] != '\n') {
                at--;
            }
            return at > from ? at : Splitter.NO_CUT;
        }

        /** Anywhere between characters. */
        static int afterCharacter(byte[] text, int from, int to) {
            return to > from ? to : Splitter.NO_CUT;
        }
    }

    /** A reusable buffer for a part of the text. */
    static final class Block {
        byte[] bytes;
        int length;

        /** Creates a block for texts of at most this many bytes. */
        Block(long mostBytes) {
            bytes = new byte[(int) Math.min(BLOCK_BYTES, mostBytes) + READ_ROOM + BpeEncoder.SLACK];
        }
    }

    /**
     * Creates the blocks of a text.
     *
     * @param name of the text, for messages
     * @param cutter of the pattern; used by the thread that calls {@link #next}
     * @param skipMark whether to leave out a byte order mark at the beginning
     */
    TextBlocks(Source source, String name, Cutter cutter, SpecialTokens specials, boolean skipMark) {
        this.skipMark = skipMark;
        this.source = source;
        this.name = name;
        this.cutter = cutter;
        this.specials = specials;
    }

    /**
     * Fills the next block; returns false if there is none.
     *
     * @throws NanogptInterruptedException if the thread is interrupted, and this is not the first block
     */
    boolean next(Block block) {
        if (offset > 0) {
            NanogptInterruptedException.check("reading " + name);
        }
        if (rest.length > block.bytes.length / 2) {
            block.bytes = new byte[(int) Math.min(LARGEST, 2L * rest.length)];
        }
        System.arraycopy(rest, 0, block.bytes, 0, rest.length);
        int length = rest.length;
        while (true) {
            int checked = Utf8.wholeCharacters(block.bytes, 0, length);
            length = fill(block, length);
            int whole = ended ? length : Utf8.wholeCharacters(block.bytes, 0, length);
            check(block.bytes, checked, whole);
            int cut = ended ? length : cut(block.bytes, whole);
            if (cut != Splitter.NO_CUT) {
                block.length = cut;
                rest = Arrays.copyOfRange(block.bytes, cut, length);
                offset += cut;
                return cut > 0;
            }
            grow(block);
        }
    }

    private int fill(Block block, int from) {
        int length = from;
        int most = block.bytes.length - BpeEncoder.SLACK;
        try {
            while (!ended && length <= most - READ_ROOM) {
                int count = source.read(block.bytes, length, most - length);
                ended = count < 0;
                length += Math.max(0, count);
                if (skipMark && offset == 0 && from == 0 && length >= 3 && startsWithMark(block.bytes)) {
                    offset = BYTE_ORDER_MARK.length;
                    length -= BYTE_ORDER_MARK.length;
                    System.arraycopy(block.bytes, BYTE_ORDER_MARK.length, block.bytes, 0, length);
                }
            }
        } catch (ClosedByInterruptException e) {
            throw new NanogptInterruptedException(
                    "the thread was interrupted while " + name + " was read; the interrupt flag stays set", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name + ": " + e.getMessage(), e);
        }
        return length;
    }

    private static boolean startsWithMark(byte[] bytes) {
        return Arrays.equals(bytes, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    }

    private void check(byte[] bytes, int from, int to) {
        int invalid = Utf8.firstInvalid(bytes, from, to);
        if (invalid < to) {
            throw new NanogptException(String.format(
                    Locale.ROOT,
                    "%s is not UTF-8: byte 0x%02X at offset %d is invalid there; convert it to UTF-8, for example"
                            + " with iconv",
                    name,
                    bytes[invalid] & 0xFF,
                    offset + invalid));
        }
    }

    private int cut(byte[] bytes, int whole) {
        int cut = cutter.safeCut(bytes, 0, whole);
        while (cut != Splitter.NO_CUT && specials.mayReachOver(bytes, 0, cut, whole)) {
            cut = cutter.safeCut(bytes, 0, cut);
        }
        return cut;
    }

    private void grow(Block block) {
        if (block.bytes.length >= LARGEST) {
            throw new NanogptException(name + " has " + LARGEST + " bytes in a row without a place where it can be cut,"
                    + " such as a space after a letter; put line breaks or spaces into it");
        }
        block.bytes = Arrays.copyOf(block.bytes, (int) Math.min(LARGEST, 2L * block.bytes.length));
    }
}
