package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.character.WordTokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Word tokenizers as {@code tokenizer.json}: a {@code WordLevel} model over words between white space. */
public final class WordFile {
    private static final String WHITE_SPACE = "WhitespaceSplit";

    private WordFile() {}

    /** Whether this is a word tokenizer, which {@link #read} reads. */
    static boolean isWords(JsonValue root) {
        JsonValue preTokenizer = root.optional("pre_tokenizer");
        return preTokenizer != null
                && preTokenizer.has("type", WHITE_SPACE)
                && TokenizerJson.isPlain(root)
                && root.lacks("decoder")
                && ModelReader.type(root.member("model")).equals(ModelReader.WORD_LEVEL);
    }

    public static String text(WordTokenizer tokenizer) {
        return TokenizerJson.text(
                List.of(), WordFile::preTokenizer, JsonGenerator::writeNull, json -> model(tokenizer, json));
    }

    private static void preTokenizer(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", WHITE_SPACE);
        json.writeEndObject();
    }

    private static void model(WordTokenizer tokenizer, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "WordLevel");
        json.writeStringField("unk_token", tokenizer.unknown());
        TokenizerJson.writeVocabulary(tokenizer.words(), json);
        json.writeEndObject();
    }

    static WordTokenizer read(JsonValue root) {
        JsonValue model = root.member("model");
        model.allowOnly(Set.of("type", "vocab", "unk_token"));
        return new WordTokenizer(
                TokenizerJson.vocabulary(model.member("vocab")),
                model.member("unk_token").string());
    }
}
