package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.impl.data.NpyHeader.TokenLayout;
import io.nanogpt.impl.files.ConsistentFiles;
import io.nanogpt.impl.files.FolderLock;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.spi.TokenFiles;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Token files: NumPy's format if the name ends in {@code .npy}, raw ids otherwise. */
public final class FileTokens implements TokenFiles {
    /** Looks for metadata that another program may be about to write, before there are none. */
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
    public TokenSource concat(List<TokenSource> sources) {
        return ConcatenatedTokens.of(sources);
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

    /** Opens a file with the metadata that belongs to it. */
    private static TokenSource settled(Path file, Consumer<TokenFileMetadata> check) {
        if (Files.isDirectory(file)) {
            throw new NanogptException("cannot read " + file + ": it is a folder, and a token file was expected");
        }
        awaitMetadata(file);
        return ConsistentFiles.read(
                file,
                () -> List.of(TokenFileMetadata.path(file), file),
                () -> {
                    Optional<TokenFileMetadata> metadata = TokenFileMetadata.read(file);
                    metadata.ifPresent(check);
                    return open(file, metadata);
                },
                mixed -> {});
    }

    /** A writer deletes the metadata before it replaces the ids, and writes it again after them. */
    private static void awaitMetadata(Path file) {
        Path metadata = TokenFileMetadata.path(file);
        for (int attempt = 1; attempt < ATTEMPTS && isShared(file) && !Files.exists(metadata); attempt++) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Whether a program of this library has written token files beside a file. */
    private static boolean isShared(Path file) {
        return FolderLock.isUsed(file.toAbsolutePath().resolveSibling(""));
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
