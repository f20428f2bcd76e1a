package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What all files named {@code tokenizer.json} have in common. */
public final class TokenizerJson {
    private TokenizerJson() {}

    /** Writes one value. */
    @FunctionalInterface
    interface Part {
        void write(JsonGenerator json) throws IOException;
    }

    /** The content of the file. */
    static String text(List<SpecialToken> added, Part preTokenizer, Part decoder, Part model) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.factory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeNullField("truncation");
            json.writeNullField("padding");
            json.writeArrayFieldStart("added_tokens");
            for (SpecialToken token : added) {
                addedToken(token, json);
            }
            json.writeEndArray();
            json.writeNullField("normalizer");
            json.writeFieldName("pre_tokenizer");
            preTokenizer.write(json);
            json.writeNullField("post_processor");
            json.writeFieldName("decoder");
            decoder.write(json);
            json.writeFieldName("model");
            model.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Writes the content to a file. */
    public static void save(String text, Path file) {
        AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void addedToken(SpecialToken token, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", token.id());
        json.writeStringField("content", token.text());
        for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
            json.writeBooleanField(flag, false);
        }
        json.writeBooleanField("special", token.special());
        json.writeEndObject();
    }

    /** Writes Hugging Face's pre-tokenizer or decoder that maps bytes to characters. */
    static void writeByteLevel(boolean useRegex, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "ByteLevel");
        json.writeBooleanField("add_prefix_space", false);
        json.writeBooleanField("trim_offsets", true);
        json.writeBooleanField("use_regex", useRegex);
        json.writeEndObject();
    }

    /** Writes the pre-tokenizer that splits at a pattern and then maps bytes to characters. */
    static void writeSplitAndByteLevel(String regex, String behavior, boolean useRegex, JsonGenerator json)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "Sequence");
        json.writeArrayFieldStart("pretokenizers");
        writeSplit(regex, behavior, json);
        writeByteLevel(useRegex, json);
        json.writeEndArray();
        json.writeEndObject();
    }

    /** The pre-tokenizer that splits at a pattern. */
    static void writeSplit(String regex, String behavior, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "Split");
        json.writeObjectFieldStart("pattern");
        json.writeStringField("Regex", regex);
        json.writeEndObject();
        json.writeStringField("behavior", behavior);
        json.writeBooleanField("invert", false);
        json.writeEndObject();
    }

    /** The fields that a model of type BPE may have. */
    static void allowBpeFields(JsonValue model) {
        model.allowOnly(Set.of(
                "type",
                "vocab",
                "merges",
                "unk_token",
                "dropout",
                "continuing_subword_prefix",
                "end_of_word_suffix",
                "fuse_unk",
                "byte_fallback",
                "ignore_merges"));
    }

    /** The vocabulary of a model, whose ids may have gaps. */
    static void writeVocabulary(Map<String, Integer> ids, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("vocab");
        for (Map.Entry<String, Integer> token : ids.entrySet()) {
            json.writeNumberField(token.getKey(), token.getValue());
        }
        json.writeEndObject();
    }

    /** The vocabulary of a model, from tokens to ids. */
    static void writeVocabulary(List<String> tokens, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            json.writeNumberField(tokens.get(id), id);
        }
        json.writeEndObject();
    }

    /** Whether a file has no features that tokenizers without added tokens lack. */
    static boolean isPlain(JsonValue root) {
        for (String absent : new String[] {"truncation", "padding", "normalizer", "post_processor", "added_tokens"}) {
            if (!root.lacks(absent)) {
                return false;
            }
        }
        return true;
    }

    /** The tokens by id; as many ids as tokens and none twice, so the file's size bounds what is allocated. */
    static List<String> vocabulary(JsonValue vocabulary) {
        Map<String, JsonValue> members = vocabulary.members();
        if (members.isEmpty()) {
            throw vocabulary.error("the vocabulary is empty; expected at least one token");
        }
        @Nullable String[] tokens = new String[members.size()];
        members.forEach((token, value) -> {
            int id = (int) value.integer(0, tokens.length - 1);
            if (tokens[id] != null) {
                throw value.error("the id " + id + " stands for two tokens; every id must stand for one");
            }
            if (token.isEmpty()) {
                throw value.error("a token must have at least one character");
            }
            tokens[id] = token;
        });
        List<String> byId = new ArrayList<>();
        for (String token : tokens) {
            byId.add(String.valueOf(token)); // As many ids as tokens and none twice leave no holes.
        }
        return byId;
    }
}
