package io.nanogpt.impl.files;

import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Strict UTF-8 reading: errors name the offset and line of the first invalid byte, unlike those of the JDK. */
public final class Utf8Files {
    /** The largest Java array. */
    private static final long MAXIMUM_BYTES = Integer.MAX_VALUE - 8;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private Utf8Files() {}

    /**
     * Reads a file. A byte order mark at its beginning is dropped; line ends are kept.
     *
     * @throws NanogptException if the file is not UTF-8, with the offset of the first invalid byte, or is larger than
     *     2 GiB
     * @throws UncheckedIOException if the file cannot be read
     */
    public static String read(Path file) {
        return decode(bytes(file), file.toString());
    }

    /**
     * Decodes bytes as {@link #read} does.
     *
     * @param source where they come from, for messages
     */
    public static String decode(byte[] bytes, String source) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        // UTF-8 never has more characters than bytes.
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw notUtf8(bytes, in.position(), source);
        }
        decoder.flush(out);
        out.flip();
        if (out.hasRemaining() && out.get(0) == BYTE_ORDER_MARK) {
            out.position(1);
        }
        return out.toString();
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new NanogptException("cannot read " + file + ": it is a folder, and a file was expected");
            }
            long size = Files.size(file);
            if (size > MAXIMUM_BYTES) {
                throw new NanogptException("cannot read " + file + ": it has " + size + " bytes, and at most "
                        + MAXIMUM_BYTES + " fit in memory as one text; split it into several files");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The exception for a file or folder that cannot be read, with the reason: an {@link UncheckedIOException}, or a
     * {@link NanogptInterruptedException} if the thread was interrupted, which closes channels.
     */
    public static RuntimeException unreadable(Path file, IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return new NanogptInterruptedException(
                    "the thread was interrupted while " + file + " was read; the interrupt flag stays set", cause);
        }
        String reason;
        if (cause instanceof NoSuchFileException) {
            reason = "it does not exist (looked for " + file.toAbsolutePath() + ")";
        } else if (cause instanceof AccessDeniedException) {
            reason = "no permission to read it";
        } else {
            reason = cause.toString();
        }
        return new UncheckedIOException("cannot read " + file + ": " + reason, cause);
    }

    private static NanogptException notUtf8(byte[] bytes, int offset, String source) {
        int line = 1;
        for (int i = 0; i < offset; i++) {
            if (bytes[i] == '\n') {
                line++;
            }
        }
        Optional<String> format = FileFormats.binary(bytes);
        if (format.isPresent()) {
            return new NanogptException(source + " is no text, but " + format.get());
        }
        String hint = bytes.length >= 2 && (bytes[0] & 0xFE) == 0xFE && (bytes[1] & 0xFE) == 0xFE
                ? "it looks like UTF-16"
                : "it may be Latin-1 or Windows-1252, or not be text";
        return new NanogptException(String.format(
                Locale.ROOT,
                "%s is not UTF-8: byte 0x%02X at offset %d (line %d) is invalid there; %s; "
                        + "convert it to UTF-8, for example with iconv",
                source,
                bytes[offset] & 0xFF,
                offset,
                line,
                hint));
    }
}
