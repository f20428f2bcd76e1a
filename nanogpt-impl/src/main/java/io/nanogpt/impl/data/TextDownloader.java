package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.RemoteText;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.OptionalLong;

/** Downloads texts as they are, and compares them with what is known of them. */
final class TextDownloader {
    private static final int BUFFER_BYTES = 1 << 16;

    private static final String NOTHING = "nothing was written";

    private final RetriedGet http;

    TextDownloader(RetryPolicy retries) {
        this.http = new RetriedGet(retries);
    }

    void download(RemoteText text) {
        Path file = text.file();
        if (Files.exists(file)) {
            requireKnown(text, length(file), Sha256.of(file), "delete it to download the text again");
            return;
        }
        http.get(text.address(), "text/plain, */*", "the text for " + file, answer -> {
            try {
                AtomicFiles.write(file, out -> copy(answer, out, text));
            } catch (BrokenAnswer e) {
                throw e.getCause();
            }
            return file;
        });
    }

    /** Copies an answer; throws before the file gets its name if the text is not the one that is known. */
    private static void copy(InputStream answer, OutputStream out, RemoteText text) throws IOException {
        MessageDigest digest = Sha256.digest();
        byte[] buffer = new byte[BUFFER_BYTES];
        long length = 0;
        for (int read = read(answer, buffer); read >= 0; read = read(answer, buffer)) {
            length += read;
            if (length > text.bytes().orElse(Long.MAX_VALUE)) {
                throw otherLength(text, "more", NOTHING);
            }
            digest.update(buffer, 0, read);
            out.write(buffer, 0, read);
        }
        requireKnown(text, length, Sha256.hexadecimal(digest, new byte[0]), NOTHING);
    }

    private static int read(InputStream answer, byte[] buffer) {
        try {
            return answer.read(buffer);
        } catch (IOException e) {
            throw new BrokenAnswer(e);
        }
    }

    /** The network failed, not the disk: the request can be made again. */
    private static final class BrokenAnswer extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        BrokenAnswer(IOException cause) {
            super(cause);
        }
    }

    private static void requireKnown(RemoteText text, long length, String sha256, String advice) {
        OptionalLong bytes = text.bytes();
        if (bytes.isPresent() && bytes.getAsLong() != length) {
            throw otherLength(text, Long.toString(length), advice);
        }
        if (text.sha256().isPresent() && !text.sha256().get().equals(sha256)) {
            throw new NanogptException(
                    text.file() + " is not the text of " + text.address() + " that is known: expected" + " the SHA-256 "
                            + text.sha256().get() + ", but found " + sha256 + "; " + advice);
        }
    }

    private static NanogptException otherLength(RemoteText text, String found, String advice) {
        return new NanogptException(text.file() + " is not the text of " + text.address() + " that is known: expected "
                + text.bytes().orElseThrow() + " bytes, but found " + found + "; " + advice);
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
