package io.nanogpt.impl.generate;

import io.nanogpt.generate.JsonSchema;
import io.nanogpt.impl.jsonschema.AllowedTokens;
import io.nanogpt.impl.jsonschema.Vocabulary;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts that ids add to a text. Some tokenizers decode an id differently at the beginning of a text, so ids are
 * decoded after another one. Safe for use by many threads.
 */
final class TokenTexts {
    /** Replaces bytes in decoded text that are not a character, or not yet. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final int MOST_SCHEMAS = 8;

    private final Tokenizer tokenizer;
    /** The text of every id by itself; computed at first use, since only constraints need it. */
    private volatile String @Nullable [] single;

    private volatile @Nullable SortedTexts sorted;

    private @Nullable Vocabulary vocabulary;
    /** The last schemas that were used: what was found out of one serves the next text too. */
    private final Map<JsonSchema, AllowedTokens> schemas = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JsonSchema, AllowedTokens> eldest) {
            return size() > MOST_SCHEMAS;
        }
    };

    TokenTexts(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    int vocabularySize() {
        return tokenizer.vocabularySize();
    }

    /** A decoder of the ids that follow some ids. */
    IncrementalDecoder decoder(int[] ids) {
        IncrementalDecoder decoder = tokenizer.incrementalDecoder();
        for (int id : ids) {
            decoder.add(id);
        }
        return decoder;
    }

    /** The text that ids add after another id. */
    private String after(int previous, int... ids) {
        int[] all = new int[ids.length + 1];
        all[0] = previous;
        System.arraycopy(ids, 0, all, 1, ids.length);
        String before = tokenizer.decode(previous);
        String whole = tokenizer.decode(all);
        return whole.startsWith(before) ? whole.substring(before.length()) : tokenizer.decode(ids);
    }

    /** The text that an id adds in the middle of a text. */
    String of(int id) {
        return byId()[id];
    }

    /** The texts that ids add in the middle of a text, in alphabetical order. */
    SortedTexts sorted() {
        SortedTexts texts = sorted;
        if (texts == null) {
            texts = new SortedTexts(byId());
            sorted = texts;
        }
        return texts;
    }

    private String[] byId() {
        String[] texts = single;
        if (texts == null) {
            texts = new String[tokenizer.vocabularySize()];
            for (int each = 0; each < texts.length; each++) {
                // Decoded after itself: two equal tokens never form one character together.
                texts[each] = after(each, each);
            }
            single = texts;
        }
        return texts;
    }

    /** The tokens that may follow within values of a schema. */
    AllowedTokens allowed(JsonSchema schema) {
        synchronized (schemas) {
            Vocabulary known = vocabulary;
            if (known == null) {
                known = new Vocabulary(bytes());
                vocabulary = known;
            }
            AllowedTokens allowed = schemas.get(schema);
            if (allowed == null) {
                allowed = new AllowedTokens(schema.json(), "the JSON schema", known);
                schemas.put(schema, allowed);
            }
            return allowed;
        }
    }

    /** The bytes that ids add in the middle of a text; none for special tokens and those that are not UTF-8. */
    private byte[][] bytes() {
        byte[][] bytes = new byte[tokenizer.vocabularySize()][];
        for (int id = 0; id < bytes.length; id++) {
            byte[] before = tokenizer.decodeBytes(id);
            byte[] twice = tokenizer.decodeBytes(id, id);
            boolean appended = Arrays.mismatch(before, twice) == before.length;
            byte[] added = appended ? Arrays.copyOfRange(twice, before.length, twice.length) : before;
            // Some tokenizers know bytes of a character only as a replacement, and half a surrogate pair has none.
            boolean known = new String(added, StandardCharsets.UTF_8).equals(of(id))
                    && !of(id).codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)
                    && !holdsReplacement(added);
            bytes[id] = known || isPartial(added) ? added : new byte[0];
        }
        tokenizer.specialTokens().values().forEach(id -> bytes[id] = new byte[0]);
        return bytes;
    }

    private static boolean holdsReplacement(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) >= 0 && Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
    }

    /** Whether bytes begin or end within a character. */
    private static boolean isPartial(byte[] bytes) {
        return !Arrays.equals(new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
    }

    /** Whether a text may end in an incomplete character. */
    static boolean endsWithinCharacter(String text) {
        if (text.isEmpty()) {
            return false;
        }
        char last = text.charAt(text.length() - 1);
        return last == REPLACEMENT || Character.isHighSurrogate(last);
    }
}
