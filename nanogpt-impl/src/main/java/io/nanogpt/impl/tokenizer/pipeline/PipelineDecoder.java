package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.impl.tokenizer.pretokenize.Utf8;
import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Decodes tokens one by one, each together with the one before it, since some steps treat the first or the last token
 * in another way. Tokens of bytes are held until they are a character.
 */
final class PipelineDecoder implements IncrementalDecoder {
    /** Stands for the text before, so that no other token is the first. */
    private static final String BEFORE = "x";

    private final TokenDecoder decoder;
    private final IntFunction<String> tokens;
    /** The tokens whose text is returned, as far as that of the next depends on them. */
    private List<String> context = List.of();
    /** Tokens of bytes whose text is not returned. */
    private List<String> held = new ArrayList<>();

    PipelineDecoder(TokenDecoder decoder, IntFunction<String> tokens) {
        this.decoder = decoder;
        this.tokens = tokens;
    }

    @Override
    public String add(int id) {
        String token = tokens.apply(id);
        held.add(token);
        if (TokenDecoder.ByteFallback.value(token) >= 0 && !isWhole()) {
            return "";
        }
        return take(TokenDecoder.ByteFallback.value(token) < 0 ? List.of(BEFORE, token) : List.of(BEFORE));
    }

    /** Whether the tokens of bytes that are held are characters. */
    private boolean isWhole() {
        byte[] bytes = new byte[held.size()];
        for (int i = 0; i < bytes.length; i++) {
            int value = TokenDecoder.ByteFallback.value(held.get(i));
            bytes[i] = (byte) value;
            if (value < 0) {
                return false;
            }
        }
        return Utf8.firstInvalid(bytes, 0, bytes.length) == bytes.length;
    }

    /** The text that the held tokens add. */
    private String take(List<String> next) {
        String before = text(context);
        List<String> all = new ArrayList<>(context);
        all.addAll(held);
        String whole = text(all);
        String added = whole.startsWith(before) ? whole.substring(before.length()) : text(held);
        context = next;
        held = new ArrayList<>();
        return added;
    }

    private String text(List<String> some) {
        return String.join("", decoder.decode(some));
    }

    @Override
    public boolean isPending() {
        return !held.isEmpty();
    }

    @Override
    public IncrementalDecoder copy() {
        PipelineDecoder copy = new PipelineDecoder(decoder, tokens);
        copy.context = context;
        copy.held = new ArrayList<>(held);
        return copy;
    }

    @Override
    public String finish() {
        String text = held.isEmpty() ? "" : take(List.of());
        context = List.of();
        return text;
    }
}
