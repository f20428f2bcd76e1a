package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.impl.data.NpyHeader.TokenLayout;
import io.nanogpt.impl.files.FolderLock;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.spi.TokenFiles;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Token files: NumPy's format if the name ends in {@code .npy}, raw ids otherwise. */
public final class FileTokens implements TokenFiles {
    /** Readings of a file that another program may be replacing, before its state counts as final. */
    private static final int ATTEMPTS = 40;

    private static final long PAUSE_NANOS = 10_000_000;

    @Override
    public TokenSource copyOf(int[] ids) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0) {
                throw new IllegalArgumentException(
                        "token ids must not be negative, but the one at index " + i + " is " + ids[i]);
            }
        }
        return TokenIds.of(ids);
    }

    @Override
    public TokenSource open(Path file, Tokenizer tokenizer) {
        return settled(file, metadata -> {
            if (!metadata.tokenizer().equals(TokenizerHash.of(tokenizer))) {
                throw new NanogptException(file + " was encoded with another tokenizer, of " + metadata.vocabularySize()
                        + " ids, than this one of " + tokenizer.vocabularySize() + ", according to "
                        + TokenFileMetadata.path(file)
                        + "; give that tokenizer, or encode the text anew");
            }
        });
    }

    @Override
    public TokenSource open(Path file) {
        return settled(file, metadata -> {});
    }

    /**
     * Opens a file with the metadata that belongs to it. A writer deletes the metadata before it replaces the ids, so the
     * same metadata before and after the opening is that of these ids.
     */
    private static TokenSource settled(Path file, Consumer<TokenFileMetadata> check) {
        if (Files.isDirectory(file)) {
            throw new NanogptException("cannot read " + file + ": it is a folder, and a token file was expected");
        }
        for (int attempt = 1; attempt < ATTEMPTS && isShared(file); attempt++) {
            State state = State.of(TokenFileMetadata.path(file));
            if (state.exists) {
                try {
                    Optional<TokenFileMetadata> metadata = TokenFileMetadata.read(file);
                    metadata.ifPresent(check);
                    TokenSource opened = open(file, metadata);
                    if (State.of(TokenFileMetadata.path(file)).equals(state)) {
                        return opened;
                    }
                } catch (NanogptException | UncheckedIOException e) {
                    if (State.of(TokenFileMetadata.path(file)).equals(state)) {
                        throw e;
                    }
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        Optional<TokenFileMetadata> metadata = TokenFileMetadata.read(file);
        metadata.ifPresent(check);
        return open(file, metadata);
    }

    /** Whether a program of this library has written token files beside a file. */
    private static boolean isShared(Path file) {
        return FolderLock.isUsed(file.toAbsolutePath().resolveSibling(""));
    }

    /** A file as it is at one time; another one of the same name differs. */
    private record State(
            boolean exists, @Nullable Object key, @Nullable FileTime modified, long size) {
        static State of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new State(true, attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
            } catch (IOException e) {
                return new State(false, null, null, 0);
            }
        }
    }

    private static TokenSource open(Path file, Optional<TokenFileMetadata> metadata) {
        TokenLayout layout;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            layout = isNpy(file) ? npy(file, channel) : raw(file, channel.size(), metadata);
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
        metadata.ifPresent(known -> requireSame(file, layout, known));
        return MappedTokens.map(file, layout.begin(), layout.count(), layout.dtype());
    }

    @Override
    public Tokenization.Report write(Tokenization settings, Path text, Path tokens) {
        return TokenFileWriter.write(settings, text, tokens);
    }

    static boolean isNpy(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".npy");
    }

    private static TokenLayout npy(Path file, FileChannel channel) throws IOException {
        TokenLayout header = NpyHeader.read(file, channel);
        long available = channel.size() - header.begin();
        if (available % header.dtype().bytes() != 0
                || available / header.dtype().bytes() != header.count()) {
            throw new NanogptException(file + " declares " + header.count() + " ids of type " + header.dtype()
                    + ", but has " + available + " bytes of them; the file is truncated or broken");
        }
        return header;
    }

    private static TokenLayout raw(Path file, long bytes, Optional<TokenFileMetadata> metadata) {
        TokenDtype dtype = metadata.map(TokenFileMetadata::dtype).orElse(TokenDtype.UINT16);
        if (bytes % dtype.bytes() != 0) {
            throw new NanogptException(file + " has " + bytes + " bytes, which is no multiple of " + dtype.bytes()
                    + ", the size of an id of type " + dtype + "; the file is truncated, or is no token file");
        }
        return new TokenLayout(dtype, 0, bytes / dtype.bytes());
    }

    private static void requireSame(Path file, TokenLayout layout, TokenFileMetadata metadata) {
        if (metadata.dtype() != layout.dtype() || metadata.count() != layout.count()) {
            throw new NanogptException(file + " has " + layout.count() + " ids of type " + layout.dtype() + ", but "
                    + TokenFileMetadata.path(file) + " declares " + metadata.count() + " of type " + metadata.dtype()
                    + "; the two do not belong together: encode the text anew, or delete the metadata file");
        }
    }
}
