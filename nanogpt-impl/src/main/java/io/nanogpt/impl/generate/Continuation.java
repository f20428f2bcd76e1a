package io.nanogpt.impl.generate;

import io.nanogpt.generate.LogitsProcessor.Context;
import io.nanogpt.impl.jsonschema.AllowedTokens;
import io.nanogpt.impl.regex.PatternPrefixes;
import io.nanogpt.impl.regex.PatternPrefixes.Prefix;
import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A growing prompt and continuation. The text ends before the first stop, even one that spans tokens. */
final class Continuation implements Context {
    private final TokenTexts texts;
    private final List<String> stops;
    private final int promptSize;
    private final StringBuilder text;
    private int[] ids;
    private int size;
    private final IncrementalDecoder decoder;

    private boolean stopped;
    /** The part of the text that a pattern has seen. */
    private @Nullable Prefix prefix;

    private int prefixLength;
    /** The part of the continuation that a schema has seen. */
    private AllowedTokens.@Nullable Position position;

    private int positionSize;

    Continuation(TokenTexts texts, int[] prompt, List<String> stops) {
        this.texts = texts;
        this.stops = stops;
        promptSize = prompt.length;
        text = new StringBuilder();
        ids = prompt.clone();
        size = prompt.length;
        positionSize = prompt.length;
        decoder = texts.decoder(prompt);
    }

    /** Copies {@code other}, which then grows independently. */
    Continuation(Continuation other) {
        texts = other.texts;
        stops = other.stops;
        promptSize = other.promptSize;
        text = new StringBuilder(other.text);
        ids = other.ids.clone();
        size = other.size;
        decoder = other.decoder.copy();
        stopped = other.stopped;
        prefix = other.prefix;
        prefixLength = other.prefixLength;
        position = other.position;
        positionSize = other.positionSize;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int id(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("there are " + size + " ids, but index " + index + " was requested");
        }
        return ids[index];
    }

    @Override
    public int promptSize() {
        return promptSize;
    }

    @Override
    public CharSequence text() {
        return text;
    }

    int generated() {
        return size - promptSize;
    }

    /** The text as a prefix of a pattern's matches: goes on from the last call with the same pattern. */
    Prefix prefix(PatternPrefixes prefixes) {
        Prefix known = prefix;
        if (known == null || prefixLength > text.length()) {
            known = prefixes.empty();
            prefixLength = 0;
        }
        known = prefixes.add(known, text.subSequence(prefixLength, text.length()));
        prefixLength = text.length();
        prefix = known;
        return known;
    }

    /** The continuation as the beginning of a JSON value: goes on from the last call with the same schema. */
    AllowedTokens.Position position(AllowedTokens allowed) {
        AllowedTokens.Position known = position == null ? allowed.start() : position;
        for (; positionSize < size; positionSize++) {
            known = allowed.add(known, ids[positionSize]);
        }
        position = known;
        return known;
    }

    /** Copies the last {@code count} ids. */
    int[] last(int count) {
        return Arrays.copyOfRange(ids, size - count, size);
    }

    /** Whether a stop is complete. */
    boolean stopped() {
        return stopped;
    }

    /** Whether the last ids end within a character, which {@link #text} lacks so far. */
    boolean withinCharacter() {
        return decoder.isPending();
    }

    /** The text that an id would add. */
    String piece(int id) {
        return decoder.isPending() ? decoder.copy().add(id) : texts.of(id);
    }

    void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
        }
        ids[size++] = id;
        append(decoder.add(id));
    }

    /** Appends the remains of an unfinished character. */
    void finish() {
        if (!stopped && decoder.isPending()) {
            append(decoder.finish());
        }
    }

    /** Appends and, where a stop is complete, cuts the text before it. */
    private void append(String piece) {
        int before = text.length();
        text.append(piece);
        int cut = Integer.MAX_VALUE;
        for (String stop : stops) {
            int found = text.indexOf(stop, Math.max(0, before - stop.length() + 1));
            if (found >= 0) {
                cut = Math.min(cut, found);
            }
        }
        if (cut < Integer.MAX_VALUE) {
            stopped = true;
            text.setLength(cut);
        }
    }
}
