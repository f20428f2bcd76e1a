package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Character tokenizers as {@code tokenizer.json}, so that Hugging Face tokenizers encodes alike, unknown characters
 * included. The text is cut into single code points; the model determines what becomes of unknown ones:
 *
 * <ul>
 *   <li>{@link UnknownCharacters#ERROR}: a {@code WordLevel} model whose {@code unk_token} is not in the vocabulary,
 *       which makes Hugging Face's encoder fail as ours does;
 *   <li>{@link UnknownCharacters#REPLACE}: a {@code WordLevel} model whose {@code unk_token} has an id;
 *   <li>{@link UnknownCharacters#SKIP}: a {@code BPE} model without merges and without {@code unk_token}, which leaves
 *       unknown characters out.
 * </ul>
 */
public final class CharacterFile {
    private static final String WORD_LEVEL = "WordLevel";
    private static final String BPE = "BPE";

    /** Matches every code point, line ends included, in every dialect of regular expressions. */
    private static final String ANY_CHARACTER = "[\\s\\S]";

    /** Equivalent patterns. */
    private static final Set<String> ANY_CHARACTER_PATTERNS = Set.of(ANY_CHARACTER, "[\\S\\s]", "(?s:.)", "(?m:.)");

    private CharacterFile() {}

    /** Whether this is a character tokenizer, which {@link #read} reads. */
    static boolean isCharacters(JsonValue root) {
        JsonValue model = root.member("model");
        JsonValue decoder = root.optional("decoder");
        return TokenizerJson.isPlain(root)
                && decoder != null
                && decoder.has("type", "Fuse")
                && cutsCharacters(root)
                && (ModelReader.type(model).equals(WORD_LEVEL) || isMergeless(model))
                && hasCharacters(model);
    }

    private static boolean cutsCharacters(JsonValue root) {
        JsonValue split = root.optional("pre_tokenizer");
        if (split == null) {
            // BPE starts from characters by itself; a word-level model would look the whole text up.
            return ModelReader.type(root.member("model")).equals(BPE);
        }
        return split.has("type", "Split")
                && ANY_CHARACTER_PATTERNS.stream()
                        .anyMatch(pattern -> split.member("pattern").has("Regex", pattern))
                && split.has("behavior", "Isolated")
                && !split.has("invert", true);
    }

    private static boolean isMergeless(JsonValue model) {
        return ModelReader.type(model).equals(BPE)
                && model.lacks("merges")
                && model.lacks("dropout")
                && isEmpty(model, "continuing_subword_prefix")
                && isEmpty(model, "end_of_word_suffix")
                && !model.has("fuse_unk", true)
                && !model.has("byte_fallback", true);
    }

    private static boolean isEmpty(JsonValue model, String affix) {
        return model.lacks(affix) || model.has(affix, "");
    }

    /** Whether all tokens but that of unknown characters are one character. */
    private static boolean hasCharacters(JsonValue model) {
        String unknown = unknownToken(model);
        Map<String, JsonValue> vocabulary = model.member("vocab").members();
        return vocabulary.keySet().stream().allMatch(token -> token.equals(unknown) != isCharacter(token));
    }

    private static boolean isCharacter(String token) {
        return !token.isEmpty()
                && token.codePointCount(0, token.length()) == 1
                && !CharacterTokenizer.isSurrogate(token.codePointAt(0));
    }

    static CharacterTokenizer read(JsonValue root) {
        JsonValue model = root.member("model");
        boolean words = ModelReader.type(model).equals(WORD_LEVEL);
        if (words) {
            model.allowOnly(Set.of("type", "vocab", "unk_token"));
        } else {
            TokenizerJson.allowBpeFields(model);
        }
        String unknown = unknownToken(model);
        boolean replaces = unknown != null && model.member("vocab").members().containsKey(unknown);
        UnknownCharacters policy = replaces
                ? UnknownCharacters.REPLACE
                : unknown == null && !words ? UnknownCharacters.SKIP : UnknownCharacters.ERROR;
        return new CharacterTokenizer(
                vocabulary(model.member("vocab"), replaces ? unknown : null),
                policy,
                replaces && unknown != null ? unknown : CharacterTokenizer.UNKNOWN);
    }

    private static @Nullable String unknownToken(JsonValue model) {
        JsonValue unknown = model.optional("unk_token");
        return unknown == null ? null : unknown.string();
    }

    /** Code points by id. The array is as long as the file has entries, whatever ids it claims. */
    private static int[] vocabulary(JsonValue vocabulary, @Nullable String unknownToken) {
        Map<String, JsonValue> members = vocabulary.members();
        if (members.isEmpty()) {
            throw vocabulary.error("the vocabulary is empty; expected at least one character");
        }
        int[] codePoints = new int[members.size()];
        // Neither a code point nor the mark of the unknown token.
        int unset = Integer.MIN_VALUE;
        Arrays.fill(codePoints, unset);
        members.forEach((token, value) -> {
            // As many ids as entries and none twice leave no holes.
            int id = (int) value.integer(0, codePoints.length - 1);
            if (codePoints[id] != unset) {
                throw value.error("the id " + id + " stands for two tokens; every id must stand for one");
            }
            codePoints[id] = token.equals(unknownToken) ? CharacterTokenizer.UNKNOWN_CODE_POINT : token.codePointAt(0);
        });
        return codePoints;
    }

    public static String text(CharacterTokenizer tokenizer) {
        return TokenizerJson.text(
                List.of(),
                json -> TokenizerJson.writeSplit(ANY_CHARACTER, "Isolated", json),
                CharacterFile::decoder,
                json -> model(tokenizer, json));
    }

    private static void decoder(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "Fuse");
        json.writeEndObject();
    }

    private static void model(CharacterTokenizer tokenizer, JsonGenerator json) throws IOException {
        boolean skips = tokenizer.unknownCharacters() == UnknownCharacters.SKIP;
        json.writeStartObject();
        json.writeStringField("type", skips ? BPE : WORD_LEVEL);
        if (skips) {
            json.writeNullField("unk_token");
            json.writeBooleanField("fuse_unk", false);
            json.writeBooleanField("byte_fallback", false);
        } else {
            json.writeStringField("unk_token", tokenizer.unknownToken());
        }
        json.writeObjectFieldStart("vocab");
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            json.writeNumberField(tokenizer.token(id), id);
        }
        json.writeEndObject();
        if (skips) {
            json.writeArrayFieldStart("merges");
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
