package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/** An incremental UTF-8 decoder, which keeps the bytes of an incomplete character. */
public final class Utf8Decoder implements IncrementalDecoder {
    private static final int MOST_BYTES_HELD = 3;

    private final IntFunction<byte[]> tokenBytes;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    private byte[] held = {};

    /** Creates a decoder of tokens; the function returns their bytes. */
    public Utf8Decoder(IntFunction<byte[]> tokenBytes) {
        this.tokenBytes = tokenBytes;
    }

    @Override
    public String add(int id) {
        return decode(tokenBytes.apply(id), false);
    }

    @Override
    public boolean isPending() {
        return held.length > 0;
    }

    @Override
    public IncrementalDecoder copy() {
        Utf8Decoder copy = new Utf8Decoder(tokenBytes);
        copy.held = held.clone();
        return copy;
    }

    @Override
    public String finish() {
        String text = decode(new byte[0], true);
        decoder.reset();
        return text;
    }

    private String decode(byte[] more, boolean end) {
        ByteBuffer in = ByteBuffer.allocate(held.length + more.length)
                .put(held)
                .put(more)
                .flip();
        // UTF-8 never has more characters than bytes.
        CharBuffer out = CharBuffer.allocate(in.remaining() + MOST_BYTES_HELD);
        decoder.decode(in, out, end);
        if (end) {
            decoder.flush(out);
        }
        held = new byte[in.remaining()];
        in.get(held);
        return out.flip().toString();
    }
}
