package io.nanogpt.impl.data;

import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.impl.files.Utf8Files;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Token ids of a file, mapped in pieces, because one buffer ends at 2 GiB. */
final class MappedTokens implements TokenSource {
    /** A power of two, so that no id lies across two pieces. */
    private static final int PIECE_SHIFT = 30;

    private static final long PIECE_BYTES = 1L << PIECE_SHIFT;

    private final Path file;
    private final TokenDtype dtype;
    private final long count;
    private final ByteBuffer[] pieces;

    private MappedTokens(Path file, TokenDtype dtype, long count, ByteBuffer[] pieces) {
        this.file = file;
        this.dtype = dtype;
        this.count = count;
        this.pieces = pieces;
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
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (int i = 0; i < pieces.length; i++) {
                long from = (long) i << PIECE_SHIFT;
                long length = Math.min(PIECE_BYTES, bytes - from);
                pieces[i] = channel.map(FileChannel.MapMode.READ_ONLY, begin + from, length)
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
        return new MappedTokens(file, dtype, count, pieces);
    }

    @Override
    public long size() {
        return count;
    }

    @Override
    public void copy(long from, int[] destination, int offset, int length) {
        Objects.checkFromIndexSize(from, length, count);
        Objects.checkFromIndexSize(offset, length, destination.length);
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
