package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Json;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Adds special tokens to a tokenizer of any kind, in its {@code tokenizer.json}. */
public final class SpecialTokenAdder {
    private static final String ADDED = "added_tokens";

    private SpecialTokenAdder() {}

    /**
     * A tokenizer with more special tokens, whose ids follow those that it has. Special tokens that it knows keep their
     * ids.
     *
     * @throws IllegalArgumentException if a text is empty, is a token of the vocabulary already, or the tokenizer has no
     *     {@code tokenizer.json} that this library reads
     */
    public static Tokenizer add(Tokenizer tokenizer, List<String> texts) {
        List<String> added = new ArrayList<>(new LinkedHashSet<>(texts));
        added.removeAll(tokenizer.specialTokens().keySet());
        if (added.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("a special token needs a text that is not blank, but one is \""
                    + added.stream().filter(String::isBlank).findFirst().orElseThrow() + "\"");
        }
        if (added.isEmpty()) {
            return tokenizer;
        }
        try {
            Tokenizer extended = TokenizerFiles.parse(
                    extended(tokenizer.toJson(), added, tokenizer.vocabularySize()), "the extended tokenizer");
            int expected = tokenizer.vocabularySize() + added.size();
            if (extended.vocabularySize() != expected) {
                throw new IllegalArgumentException("this tokenizer cannot have special tokens: with " + added
                        + " it has " + extended.vocabularySize() + " ids, not " + expected);
            }
            return extended;
        } catch (NanogptException e) {
            throw new IllegalArgumentException(
                    "the special tokens " + added + " cannot be added to this tokenizer: " + e.getMessage(), e);
        }
    }

    private static String extended(String json, List<String> texts, int firstId) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonParser from = Json.factory().createParser(json);
                JsonGenerator to = Json.factory().createGenerator(out)) {
            to.useDefaultPrettyPrinter();
            from.nextToken();
            to.writeStartObject();
            boolean written = false;
            while (from.nextToken() == JsonToken.FIELD_NAME) {
                String name = from.currentName();
                to.writeFieldName(name);
                from.nextToken();
                if (name.equals(ADDED)) {
                    addedTokens(from, to, texts, firstId);
                    written = true;
                } else {
                    to.copyCurrentStructure(from);
                }
            }
            if (!written) {
                to.writeFieldName(ADDED);
                addedTokens(from, to, texts, firstId);
            }
            to.writeEndObject();
        } catch (IOException e) {
            throw new NanogptException("its tokenizer.json cannot be read: " + e.getMessage(), e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Copies the array at the parser's place, if it is at one, with more tokens at its end. */
    private static void addedTokens(JsonParser from, JsonGenerator to, List<String> texts, int firstId)
            throws IOException {
        to.writeStartArray();
        if (from.currentToken() == JsonToken.START_ARRAY) {
            while (from.nextToken() != JsonToken.END_ARRAY) {
                to.copyCurrentStructure(from);
            }
        }
        for (int i = 0; i < texts.size(); i++) {
            to.writeStartObject();
            to.writeNumberField("id", firstId + i);
            to.writeStringField("content", texts.get(i));
            for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
                to.writeBooleanField(flag, false);
            }
            to.writeBooleanField("special", true);
            to.writeEndObject();
        }
        to.writeEndArray();
    }
}
