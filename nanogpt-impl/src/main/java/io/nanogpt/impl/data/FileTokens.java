package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.impl.data.NpyHeader.TokenLayout;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.spi.TokenFiles;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;

/** Token files: {@code .npy} by their name, raw ones by any other. */
public final class FileTokens implements TokenFiles {
    @Override
    public TokenSource copyOf(int[] ids) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0) {
                throw new IllegalArgumentException(
                        "token ids must not be negative, but " + ids[i] + " stands at index " + i);
            }
        }
        return TokenIds.of(ids);
    }

    @Override
    public TokenSource open(Path file, Tokenizer tokenizer) {
        TokenFileMetadata.read(file).ifPresent(side -> {
            if (!side.tokenizer().equals(TokenizerHash.of(tokenizer))) {
                throw new NanogptException(file + " was made by another tokenizer, of " + side.vocabularySize()
                        + " ids, than this one of " + tokenizer.vocabularySize() + ", as "
                        + TokenFileMetadata.path(file)
                        + " says; give the tokenizer that made it, or encode the text anew");
            }
        });
        return open(file);
    }

    @Override
    public TokenSource open(Path file) {
        if (Files.isDirectory(file)) {
            throw new NanogptException("cannot read " + file + ": it is a folder, and a token file was expected");
        }
        Optional<TokenFileMetadata> side = TokenFileMetadata.read(file);
        TokenLayout layout;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            layout = isNpy(file) ? npy(file, channel) : raw(file, channel.size(), side);
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
        side.ifPresent(known -> requireSame(file, layout, known));
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
            throw new NanogptException(file + " says that it has " + header.count() + " ids of type " + header.dtype()
                    + ", but has " + available + " bytes of them; the file is cut or broken");
        }
        return header;
    }

    private static TokenLayout raw(Path file, long bytes, Optional<TokenFileMetadata> side) {
        TokenDtype dtype = side.map(TokenFileMetadata::dtype).orElse(TokenDtype.UINT16);
        if (bytes % dtype.bytes() != 0) {
            throw new NanogptException(file + " has " + bytes + " bytes, which is no multiple of " + dtype.bytes()
                    + ", the size of an id of type " + dtype + "; the file is cut, or is no token file");
        }
        return new TokenLayout(dtype, 0, bytes / dtype.bytes());
    }

    private static void requireSame(Path file, TokenLayout layout, TokenFileMetadata side) {
        if (side.dtype() != layout.dtype() || side.count() != layout.count()) {
            throw new NanogptException(file + " has " + layout.count() + " ids of type " + layout.dtype() + ", but "
                    + TokenFileMetadata.path(file) + " says " + side.count() + " of type " + side.dtype()
                    + "; one of the two is not of this file: write it again, or delete the side file");
        }
    }
}
