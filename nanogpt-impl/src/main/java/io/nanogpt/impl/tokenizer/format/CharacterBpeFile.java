package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.character.CharacterBpeTokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Character BPE tokenizers as {@code tokenizer.json}: a {@code WordPiece} model without prefix over GPT-2's pre-tokens
 * of each line, which Hugging Face tokenizers encodes alike.
 */
public final class CharacterBpeFile {
    static final String MODEL = "WordPiece";

    private static final String LINE_BREAKS = "[\\r\\n]+";
    /** In no vocabulary, so that unknown characters are an error, as they are here. */
    private static final String UNKNOWN = "<unk>";
    /** Hugging Face treats longer pre-tokens as unknown. */
    private static final int LONGEST_PRETOKEN = 1_000_000_000;

    private CharacterBpeFile() {}

    public static String text(CharacterBpeTokenizer tokenizer) {
        return TokenizerJson.text(
                List.of(),
                json -> TokenizerJson.writeSplitAndByteLevel(LINE_BREAKS, "Removed", true, json),
                json -> TokenizerJson.writeByteLevel(true, json),
                json -> model(tokenizer, json));
    }

    private static void model(CharacterBpeTokenizer tokenizer, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", MODEL);
        json.writeStringField("unk_token", UNKNOWN);
        json.writeStringField("continuing_subword_prefix", "");
        json.writeNumberField("max_input_chars_per_word", LONGEST_PRETOKEN);
        TokenizerJson.writeVocabulary(tokenizer.pieces(), json);
        json.writeEndObject();
    }

    static CharacterBpeTokenizer read(JsonValue root) {
        TokenizerJson.requirePlain(root);
        checkPreTokenizer(root.member("pre_tokenizer"));
        JsonValue decoder = root.member("decoder");
        require(decoder, "type", "ByteLevel");
        JsonValue model = root.member("model");
        model.allowOnly(Set.of("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab"));
        require(model, "continuing_subword_prefix", "");
        // Shorter limits make pre-tokens unknown that are encoded here.
        model.member("max_input_chars_per_word").integer(1_000_000, Long.MAX_VALUE);
        List<String> pieces = TokenizerJson.vocabulary(model.member("vocab"));
        JsonValue unknown = model.member("unk_token");
        TokenizerJson.refuse(pieces.contains(unknown.string()) ? unknown : null, "an id for unk_token");
        return new CharacterBpeTokenizer(pieces);
    }

    private static void checkPreTokenizer(JsonValue preTokenizer) {
        require(preTokenizer, "type", "Sequence");
        List<JsonValue> steps = preTokenizer.member("pretokenizers").elements();
        if (steps.size() != 2) {
            throw preTokenizer.error(
                    "expected two steps, one that cuts lines and ByteLevel, but there are " + steps.size());
        }
        JsonValue lines = steps.get(0);
        require(lines, "type", "Split");
        require(lines.member("pattern"), "Regex", LINE_BREAKS);
        require(lines, "behavior", "Removed");
        TokenizerJson.refuse(lines.member("invert").bool() ? lines : null, "an inverted pattern");
        JsonValue bytes = steps.get(1);
        require(bytes, "type", "ByteLevel");
        TokenizerJson.refuse(bytes.member("add_prefix_space").bool() ? bytes : null, "add_prefix_space");
        TokenizerJson.refuse(bytes.member("use_regex").bool() ? null : bytes, "ByteLevel without use_regex");
    }

    private static void require(JsonValue object, String name, String expected) {
        JsonValue value = object.member(name);
        if (!value.string().equals(expected)) {
            throw value.error("expected \"" + expected + "\" in a tokenizer with a " + MODEL + " model, but found \""
                    + value.string() + "\"; other forms of it are not supported");
        }
    }
}
