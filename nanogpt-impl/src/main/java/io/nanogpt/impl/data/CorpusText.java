package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Utf8Files;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The text of a file of a corpus, which gzip may have compressed. */
final class CorpusText {
    /** Text becomes about a tenth; what exceeds this was made to fill the memory. */
    private static final long MOST_RATIO = 200;

    private static final long ALWAYS_ALLOWED = 16L << 20;
    private static final int BUFFER = 1 << 16;

    private CorpusText() {}

    /**
     * Reads a file.
     *
     * @throws NanogptException if it is not UTF-8, or its compressed data are broken
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    static String read(Path file) {
        return isGzip(file) ? Utf8Files.decode(unpacked(file), file.toString()) : Utf8Files.read(file);
    }

    private static boolean isGzip(Path file) {
        if (Files.isDirectory(file)) {
            return false; // Reading it as text names it.
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() == 0x1F && in.read() == 0x8B;
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
    }

    private static byte[] unpacked(Path file) {
        byte[] packed;
        try {
            packed = Files.readAllBytes(file);
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
        long most = Math.min(Integer.MAX_VALUE - 8L, Math.max(ALWAYS_ALLOWED, MOST_RATIO * packed.length));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                if (out.size() > most) {
                    throw new NanogptException(file + " has " + packed.length + " bytes and becomes more than " + most
                            + " when it is decompressed, which no text does; decompress it with gunzip, and read the"
                            + " result");
                }
            }
        } catch (IOException e) {
            throw new NanogptException(
                    file + " begins as a gzip file, but its data are broken: " + e.getMessage()
                            + "; download or compress it again",
                    e);
        }
        return out.toByteArray();
    }
}
