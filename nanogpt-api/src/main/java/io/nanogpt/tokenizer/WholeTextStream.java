package io.nanogpt.tokenizer;

import io.nanogpt.NanogptException;
import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A token stream for tokenizers that encode whole texts: the text is read and encoded at the first read. */
final class WholeTextStream implements TokenStream {
    private final Tokenizer tokenizer;
    private final InputStream utf8;
    private int @Nullable [] all;
    private int position;

    WholeTextStream(Tokenizer tokenizer, InputStream utf8) {
        this.tokenizer = tokenizer;
        this.utf8 = utf8;
    }

    @Override
    public int read(int[] ids, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, ids.length);
        int[] encoded = all;
        if (encoded == null) {
            encoded = tokenizer.encode(text());
            all = encoded;
        }
        int count = Math.min(length, encoded.length - position);
        if (count == 0) {
            return -1;
        }
        System.arraycopy(encoded, position, ids, offset, count);
        position += count;
        return count;
    }

    private String text() {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8.readAllBytes()))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new NanogptException("the text is not UTF-8; convert it, for example with iconv", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the text: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            utf8.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the text: " + e.getMessage(), e);
        }
    }
}
