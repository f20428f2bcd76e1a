package io.nanogpt.data;

import io.nanogpt.NanogptException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A stream that cleans the lines of a text. */
final class CleanedStream extends InputStream {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final Cleaning.Lines lines;
    /** Bytes that were read; those from {@code position} to {@code limit} are not yet cleaned. */
    private byte[] read = new byte[BUFFER];

    private int position;
    private int limit;
    private boolean ended;
    /** Offset of the next line in the text, for messages. */
    private long offset;

    private byte[] cleaned = {};
    private int given;

    CleanedStream(InputStream in, Cleaning.Lines lines) {
        this.in = in;
        this.lines = lines;
    }

    @Override
    public int read() throws IOException {
        return fill() ? cleaned[given++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, bytes.length);
        int count = 0;
        while (count < length && fill()) {
            int run = Math.min(length - count, cleaned.length - given);
            System.arraycopy(cleaned, given, bytes, from + count, run);
            given += run;
            count += run;
        }
        return count == 0 && length > 0 ? -1 : count;
    }

    /** Makes at least one cleaned byte available; false at the end. */
    private boolean fill() throws IOException {
        while (given == cleaned.length) {
            int newline = newline();
            if (newline < 0 && position == limit) {
                return false;
            }
            int end = newline < 0 ? limit : newline;
            String line = lines.clean(text(end));
            offset += end + 1L - position;
            position = Math.min(end + 1, limit);
            if (line != null) {
                cleaned = (newline < 0 ? line : line + '\n').getBytes(StandardCharsets.UTF_8);
                given = 0;
            }
        }
        return true;
    }

    /** Returns the index of the next line feed, or -1 if the text ends before one; the rest is in the buffer then. */
    private int newline() throws IOException {
        int from = position;
        while (true) {
            for (int i = from; i < limit; i++) {
                if (read[i] == '\n') {
                    return i;
                }
            }
            if (ended) {
                return -1;
            }
            from = limit - position;
            makeRoom();
            int count = in.read(read, limit, read.length - limit);
            ended = count < 0;
            limit += Math.max(0, count);
        }
    }

    private void makeRoom() {
        int kept = limit - position;
        byte[] target = kept > read.length / 2 ? new byte[Math.multiplyExact(read.length, 2)] : read;
        System.arraycopy(read, position, target, 0, kept);
        read = target;
        position = 0;
        limit = kept;
    }

    private String text(int end) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(read, position, end - position))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new NanogptException(
                    "the text is not UTF-8: the line of " + (end - position) + " bytes at offset " + offset
                            + " has invalid bytes; convert it to UTF-8, for example with iconv",
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
