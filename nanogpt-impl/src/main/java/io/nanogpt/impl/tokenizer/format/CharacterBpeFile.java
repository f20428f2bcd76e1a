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
    private static final String MODEL = ModelReader.WORD_PIECE;

    private static final String LINE_BREAKS = "[\\r\\n]+";
    /** In no vocabulary, so that unknown characters are an error, as they are here. */
    private static final String UNKNOWN = "<unk>";
    /** Hugging Face treats longer pre-tokens as unknown. */
    private static final int LONGEST_PRETOKEN = 1_000_000_000;
    /** Shorter limits make pre-tokens unknown that are encoded here. */
    private static final int LEAST_LIMIT = 1_000_000;

    private static final String BYTE_LEVEL = "ByteLevel";

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

    /** Whether this is a character BPE tokenizer, which {@link #read} reads. */
    static boolean isCharacterBpe(JsonValue root) {
        JsonValue model = root.member("model");
        JsonValue decoder = root.optional("decoder");
        JsonValue preTokenizer = root.optional("pre_tokenizer");
        return ModelReader.type(model).equals(MODEL)
                && TokenizerJson.isPlain(root)
                && decoder != null
                && decoder.has("type", BYTE_LEVEL)
                && preTokenizer != null
                && preTokenizer.has("type", "Sequence")
                && cutsLinesAndPretokens(preTokenizer.member("pretokenizers").elements())
                && isGreedy(model);
    }

    private static boolean cutsLinesAndPretokens(List<JsonValue> steps) {
        return steps.size() == 2
                && steps.get(0).has("type", "Split")
                && steps.get(0).member("pattern").has("Regex", LINE_BREAKS)
                && steps.get(0).has("behavior", "Removed")
                && steps.get(0).has("invert", false)
                && steps.get(1).has("type", BYTE_LEVEL)
                && steps.get(1).has("add_prefix_space", false)
                && steps.get(1).has("use_regex", true);
    }

    /** Whether a model is one without prefix, unknown token and limit. */
    private static boolean isGreedy(JsonValue model) {
        JsonValue most = model.optional("max_input_chars_per_word");
        JsonValue unknown = model.optional("unk_token");
        return model.has("continuing_subword_prefix", "")
                && most != null
                && most.number() >= LEAST_LIMIT
                && unknown != null
                && !model.member("vocab").members().containsKey(unknown.string());
    }

    static CharacterBpeTokenizer read(JsonValue root) {
        JsonValue model = root.member("model");
        model.allowOnly(Set.of("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab"));
        return new CharacterBpeTokenizer(TokenizerJson.vocabulary(model.member("vocab")));
    }
}
