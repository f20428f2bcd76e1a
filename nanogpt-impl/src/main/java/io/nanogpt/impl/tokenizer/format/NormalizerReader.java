package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.pipeline.CharsMap;
import io.nanogpt.impl.tokenizer.pipeline.Normalizer;
import java.text.Normalizer.Form;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the {@code normalizer} of a {@code tokenizer.json}. */
final class NormalizerReader {
    private static final Normalizer NONE = new Normalizer.Sequence(List.of());

    private NormalizerReader() {}

    static Normalizer read(@Nullable JsonValue json) {
        if (json == null) {
            return NONE;
        }
        String type = json.member("type").string();
        return switch (type) {
            case "NFC", "NFD", "NFKC", "NFKD" -> new Normalizer.Unicode(Form.valueOf(type));
            case "Lowercase" -> new Normalizer.Lowercase();
            case "Strip" ->
                new Normalizer.Strip(
                        StageJson.flag(json, "strip_left", true), StageJson.flag(json, "strip_right", true));
            case "StripAccents" -> new Normalizer.StripAccents();
            case "Replace" ->
                new Normalizer.Replace(
                        StageJson.pattern(json.member("pattern")),
                        json.member("content").string());
            case "Prepend" -> new Normalizer.Prepend(json.member("prepend").string());
            case "ByteLevel" -> new Normalizer.ByteLevel();
            case "BertNormalizer" -> bert(json);
            case "Precompiled" -> new Normalizer.Precompiled(charsMap(json.member("precompiled_charsmap")));
            case "Sequence" ->
                new Normalizer.Sequence(StageJson.steps(json, "normalizers").stream()
                        .map(NormalizerReader::read)
                        .toList());
            default -> throw StageJson.unsupported(json, "the normalizer " + type);
        };
    }

    private static CharsMap charsMap(JsonValue base64) {
        try {
            return CharsMap.of(Base64.getDecoder().decode(base64.string()));
        } catch (IllegalArgumentException e) {
            throw base64.error("this is not a table of SentencePiece in base64: " + e.getMessage());
        }
    }

    private static Normalizer bert(JsonValue json) {
        boolean lowercase = StageJson.flag(json, "lowercase", true);
        return new Normalizer.Bert(
                StageJson.flag(json, "clean_text", true),
                StageJson.flag(json, "handle_chinese_chars", true),
                StageJson.flag(json, "strip_accents", lowercase),
                lowercase);
    }
}
