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

    static CharacterTokenizer read(JsonValue root) {
        for (String absent : new String[] {"truncation", "padding", "normalizer", "post_processor"}) {
            refuse(root.optional(absent), "a " + absent);
        }
        JsonValue added = root.optional("added_tokens");
        if (added != null && !added.elements().isEmpty()) {
            refuse(added, "added tokens");
        }
        JsonValue model = root.member("model");
        String type = model.member("type").string();
        UnknownCharacters policy = switch (type) {
            case WORD_LEVEL -> wordLevelPolicy(model);
            case BPE -> mergelessPolicy(model);
            default ->
                throw model.member("type").error("tokenizers of type " + type + " are not supported; " + supported());
        };
        checkPreTokenizer(root, type);
        JsonValue decoder = root.optional("decoder");
        if (decoder == null || !decoder.member("type").string().equals("Fuse")) {
            throw (decoder == null ? root : decoder)
                    .error("this decoder puts something between characters; expected the decoder Fuse; " + supported());
        }
        String unknown = policy == UnknownCharacters.REPLACE ? unknownToken(model) : null;
        if (unknown != null && unknown.codePointCount(0, unknown.length()) == 1) {
            throw model.member("unk_token")
                    .error("the token of unknown characters is itself one character, which is not supported;"
                            + " expected a longer one such as " + CharacterTokenizer.UNKNOWN);
        }
        return new CharacterTokenizer(
                vocabulary(model.member("vocab"), unknown),
                policy,
                unknown == null ? CharacterTokenizer.UNKNOWN : unknown);
    }

    private static UnknownCharacters wordLevelPolicy(JsonValue model) {
        model.allowOnly(Set.of("type", "vocab", "unk_token"));
        String unknown = unknownToken(model);
        boolean replaces = unknown != null && model.member("vocab").members().containsKey(unknown);
        return replaces ? UnknownCharacters.REPLACE : UnknownCharacters.ERROR;
    }

    private static UnknownCharacters mergelessPolicy(JsonValue model) {
        TokenizerJson.allowBpeFields(model);
        JsonValue merges = model.member("merges");
        if (!merges.elements().isEmpty()) {
            refuse(merges, "BPE merges");
        }
        refuse(model.optional("dropout"), "BPE dropout");
        for (String affix : new String[] {"continuing_subword_prefix", "end_of_word_suffix"}) {
            JsonValue value = model.optional(affix);
            refuse(value == null || value.string().isEmpty() ? null : value, "a " + affix);
        }
        for (String flag : new String[] {"fuse_unk", "byte_fallback"}) {
            JsonValue value = model.optional(flag);
            refuse(value != null && value.bool() ? value : null, flag);
        }
        String unknown = unknownToken(model);
        if (unknown == null) {
            return UnknownCharacters.SKIP;
        }
        return model.member("vocab").members().containsKey(unknown)
                ? UnknownCharacters.REPLACE
                : UnknownCharacters.ERROR;
    }

    private static @Nullable String unknownToken(JsonValue model) {
        JsonValue unknown = model.optional("unk_token");
        return unknown == null ? null : unknown.string();
    }

    private static void checkPreTokenizer(JsonValue root, String type) {
        JsonValue split = root.optional("pre_tokenizer");
        if (split == null) {
            // BPE starts from characters by itself; a word-level model would look the whole text up.
            if (type.equals(WORD_LEVEL)) {
                throw root.error("this tokenizer does not cut text into characters; " + supported());
            }
            return;
        }
        String kind = split.member("type").string();
        if (!kind.equals("Split")) {
            refuse(split, "the pre-tokenizer " + kind);
        }
        split.allowOnly(Set.of("type", "pattern", "behavior", "invert"));
        JsonValue pattern = split.member("pattern").member("Regex");
        boolean everyCharacter = ANY_CHARACTER_PATTERNS.contains(pattern.string())
                && split.member("behavior").string().equals("Isolated")
                && !split.member("invert").bool();
        if (!everyCharacter) {
            throw pattern.error("this pattern does not cut text into single characters; " + supported());
        }
    }

    private static void refuse(@Nullable JsonValue value, String feature) {
        if (value != null) {
            throw value.error("this tokenizer uses " + feature + ", which is not supported; " + supported());
        }
    }

    private static String supported() {
        return "supported are byte-level BPE tokenizers, and character tokenizers: models of type " + WORD_LEVEL
                + " or of type " + BPE + " without merges, over single characters";
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
            codePoints[id] =
                    token.equals(unknownToken) ? CharacterTokenizer.UNKNOWN_CODE_POINT : codePoint(token, value);
        });
        return codePoints;
    }

    private static int codePoint(String token, JsonValue value) {
        boolean single = !token.isEmpty() && token.codePointCount(0, token.length()) == 1;
        if (!single || CharacterTokenizer.isSurrogate(token.codePointAt(0))) {
            throw value.error("a token of a character tokenizer must be one character, but this one has "
                    + token.codePointCount(0, token.length()) + "; " + supported());
        }
        return token.codePointAt(0);
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
