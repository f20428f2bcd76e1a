package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Tokenization;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.FolderLock;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Writes token files while the text is read. */
final class TokenFileWriter {
    private static final int IDS_AT_ONCE = 1 << 16;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final Tokenization settings;
    private final Path text;
    private final Path tokens;
    private long count;
    private @Nullable FolderLock lock;

    private TokenFileWriter(Tokenization settings, Path text, Path tokens) {
        this.settings = settings;
        this.text = text;
        this.tokens = tokens;
    }

    static Tokenization.Report write(Tokenization settings, Path text, Path tokens) {
        return new TokenFileWriter(settings, text, tokens).write();
    }

    private Tokenization.Report write() {
        try {
            return writeAll();
        } finally {
            if (lock != null) {
                lock.close();
            }
        }
    }

    private Tokenization.Report writeAll() {
        long begin = System.nanoTime();
        long bytes = size();
        String tokenizer = TokenizerHash.of(settings.tokenizer());
        TokenDtype dtype = settings.dtype();
        if (FileTokens.isNpy(tokens)) {
            AtomicFiles.write(
                    tokens,
                    out -> {
                        out.write(NpyHeader.bytes(dtype, 0));
                        writeIds(out, bytes);
                    },
                    () -> NpyHeader.bytes(dtype, count));
        } else {
            AtomicFiles.write(tokens, out -> writeIds(out, bytes));
        }
        new TokenFileMetadata(dtype, count, settings.tokenizer().vocabularySize(), tokenizer).write(tokens);
        return new Tokenization.Report(count, bytes, (System.nanoTime() - begin) / 1e9);
    }

    private long size() {
        try {
            return Files.size(text);
        } catch (IOException e) {
            throw Utf8Files.unreadable(text, e);
        }
    }

    private void writeIds(OutputStream out, long allBytes) throws IOException {
        Counting counted = new Counting(open());
        int[] ids = new int[IDS_AT_ONCE];
        byte[] bytes = new byte[IDS_AT_ONCE * settings.dtype().bytes()];
        try (InputStream cleaned = settings.cleaning().apply(counted);
                TokenStream stream = settings.tokenizer().stream(cleaned, settings.threads())) {
            for (int read = stream.read(ids, 0, ids.length); read >= 0; read = stream.read(ids, 0, ids.length)) {
                out.write(bytes, 0, encode(ids, read, bytes));
                count += read;
                settings.progress().written(counted.bytes, allBytes, count);
            }
        }
        lock = lock();
        // Deletes stale metadata first: a crash leaves none rather than wrong metadata.
        Files.deleteIfExists(TokenFileMetadata.path(tokens));
    }

    /** Keeps other writers of the folder out until ids and metadata are both in place. */
    private FolderLock lock() throws IOException {
        return FolderLock.take(tokens.toAbsolutePath().resolveSibling(""), LONGEST_WAIT)
                .orElseThrow(() -> new NanogptException("another thread or process has been writing beside " + tokens
                        + " for " + LONGEST_WAIT.toSeconds() + " seconds (nothing was changed); encode the text again"
                        + " when it is done"));
    }

    private InputStream open() {
        try {
            return Files.newInputStream(text);
        } catch (IOException e) {
            throw Utf8Files.unreadable(text, e);
        }
    }

    private int encode(int[] ids, int length, byte[] bytes) {
        int at = 0;
        int width = settings.dtype().bytes();
        for (int i = 0; i < length; i++) {
            for (int shift = 0; shift < width * Byte.SIZE; shift += Byte.SIZE) {
                bytes[at++] = (byte) (ids[i] >>> shift);
            }
        }
        return at;
    }

    /** Counts the bytes read. */
    private static final class Counting extends FilterInputStream {
        private long bytes;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            bytes += next < 0 ? 0 : 1;
            return next;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            bytes += Math.max(0, read);
            return read;
        }
    }
}
