package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.pipeline.PreTokenizer.Metaspace.Prepending;
import io.nanogpt.impl.tokenizer.pipeline.TokenDecoder;
import org.jspecify.annotations.Nullable;

/** Reads the {@code decoder} of a {@code tokenizer.json}. */
final class DecoderReader {
    private DecoderReader() {}

    static TokenDecoder read(@Nullable JsonValue json) {
        if (json == null) {
            return new TokenDecoder.Spaces();
        }
        String type = json.member("type").string();
        return switch (type) {
            case "ByteLevel" -> new TokenDecoder.ByteLevel();
            case "ByteFallback" -> new TokenDecoder.ByteFallback();
            case "Fuse" -> new TokenDecoder.Fuse();
            case "Metaspace" ->
                new TokenDecoder.Metaspace(
                        Character.toString(StageJson.character(json, "replacement")),
                        PreTokenizerReader.prepending(json) != Prepending.NEVER);
            case "Replace" ->
                new TokenDecoder.Replace(
                        StageJson.pattern(json.member("pattern")),
                        json.member("content").string());
            case "Strip" ->
                new TokenDecoder.Strip(
                        StageJson.character(json, "content"),
                        (int) json.member("start").integer(0, Integer.MAX_VALUE),
                        (int) json.member("stop").integer(0, Integer.MAX_VALUE));
            case "WordPiece" ->
                new TokenDecoder.WordPiece(StageJson.text(json, "prefix", "##"), StageJson.flag(json, "cleanup", true));
            case "BPEDecoder" -> {
                String suffix = StageJson.text(json, "suffix", "</w>");
                if (suffix.isEmpty()) {
                    throw StageJson.unsupported(json, "the decoder BPEDecoder without a suffix");
                }
                yield new TokenDecoder.WordEnds(suffix);
            }
            case "Sequence" ->
                new TokenDecoder.Sequence(StageJson.steps(json, "decoders").stream()
                        .map(DecoderReader::read)
                        .toList());
            default -> throw StageJson.unsupported(json, "the decoder " + type);
        };
    }
}
