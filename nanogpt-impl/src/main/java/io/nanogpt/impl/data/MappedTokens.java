package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.impl.files.Utf8Files;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Token ids of a file, mapped in pieces, because one buffer ends at 2 GiB. Reading a mapped part of a file that is gone
 * raises an {@code InternalError}, in compiled code some calls later; within the last page it gives zeros. Therefore
 * every copy ends with a look at the file's length.
 */
final class MappedTokens implements TokenSource {
    /** A power of two, so that no id lies across two pieces. */
    private static final int PIECE_SHIFT = 30;

    private static final long PIECE_BYTES = 1L << PIECE_SHIFT;

    private final Path file;
    private final TokenDtype dtype;
    private final long count;
    private final ByteBuffer[] pieces;
    /** Open as long as this object is reachable. Not a channel, which an interrupt would close. */
    private final RandomAccessFile open;
    /** The length that the file must keep. */
    private final long bytes;

    private MappedTokens(Path file, TokenDtype dtype, long count, ByteBuffer[] pieces, RandomAccessFile open)
            throws IOException {
        this.file = file;
        this.dtype = dtype;
        this.count = count;
        this.pieces = pieces;
        this.open = open;
        bytes = open.length();
    }

    /**
     * Maps a file.
     *
     * @param begin offset of the first id
     * @param count number of ids, all of them in the file
     */
    static MappedTokens map(Path file, long begin, long count, TokenDtype dtype) {
        long bytes = count * dtype.bytes();
        ByteBuffer[] pieces = new ByteBuffer[(int) ((bytes + PIECE_BYTES - 1) >> PIECE_SHIFT)];
        try {
            RandomAccessFile open = new RandomAccessFile(file.toFile(), "r");
            try {
                for (int i = 0; i < pieces.length; i++) {
                    long from = (long) i << PIECE_SHIFT;
                    long length = Math.min(PIECE_BYTES, bytes - from);
                    pieces[i] = open.getChannel()
                            .map(FileChannel.MapMode.READ_ONLY, begin + from, length)
                            .order(ByteOrder.LITTLE_ENDIAN);
                }
                return new MappedTokens(file, dtype, count, pieces, open);
            } catch (IOException | RuntimeException e) {
                open.close();
                throw e;
            }
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
    }

    @Override
    public long size() {
        return count;
    }

    @Override
    public void copy(long from, int[] destination, int offset, int length) {
        Objects.checkFromIndexSize(from, length, count);
        Objects.checkFromIndexSize(offset, length, destination.length);
        try {
            copyMapped(from, destination, offset, length);
            requireWhole();
        } catch (InternalError e) {
            if (!String.valueOf(e.getMessage()).contains("unsafe memory access")) {
                throw e;
            }
            throw changed(e);
        }
    }

    private void requireWhole() {
        if (length() < bytes) {
            raiseWhatIsDue();
            throw changed(null);
        }
    }

    /**
     * Calls into the JVM, which then raises the error of a fault before. Java 17 does not do that when a native method
     * returns, but does when an array of arrays is allocated.
     */
    private void raiseWhatIsDue() {
        int[][] arrays = new int[8 + pieces.length][1];
        if (arrays[pieces.length].length == 0) {
            throw new IllegalStateException("an array of one element has none");
        }
    }

    private long length() {
        try {
            return open.length();
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
    }

    private NanogptException changed(@Nullable InternalError cause) {
        String message = file + " was truncated or overwritten while it was in use: it had " + bytes
                + " bytes when it was opened"
                + " and has " + length()
                + " now; open it again, and write new ids to another file or with Tokenization, which"
                + " replaces the file instead";
        return cause == null ? new NanogptException(message) : new NanogptException(message, cause);
    }

    private void copyMapped(long from, int[] destination, int offset, int length) {
        int copied = 0;
        while (copied < length) {
            long at = (from + copied) * dtype.bytes();
            ByteBuffer piece = pieces[(int) (at >> PIECE_SHIFT)];
            int begin = (int) (at & (PIECE_BYTES - 1));
            int run = Math.min(length - copied, (piece.limit() - begin) / dtype.bytes());
            copy(piece, begin, destination, offset + copied, run);
            copied += run;
        }
    }

    private void copy(ByteBuffer piece, int begin, int[] destination, int offset, int count) {
        switch (dtype) {
            case UINT16 -> {
                for (int i = 0; i < count; i++) {
                    destination[offset + i] = piece.getChar(begin + i * Character.BYTES);
                }
            }
            case INT32 -> {
                for (int i = 0; i < count; i++) {
                    destination[offset + i] = piece.getInt(begin + i * Integer.BYTES);
                }
            }
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
