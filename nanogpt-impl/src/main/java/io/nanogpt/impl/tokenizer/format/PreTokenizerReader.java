package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.pipeline.Delimiters;
import io.nanogpt.impl.tokenizer.pipeline.PreTokenizer;
import io.nanogpt.impl.tokenizer.pipeline.PreTokenizer.Metaspace.Prepending;
import io.nanogpt.impl.tokenizer.pipeline.TextPattern;
import io.nanogpt.tokenizer.SplitPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the {@code pre_tokenizer} of a {@code tokenizer.json}. */
final class PreTokenizerReader {
    private static final PreTokenizer NONE = new PreTokenizer.Sequence(List.of());

    private PreTokenizerReader() {}

    static PreTokenizer read(@Nullable JsonValue json) {
        if (json == null) {
            return NONE;
        }
        String type = json.member("type").string();
        return switch (type) {
            case "ByteLevel" -> byteLevel(json);
            case "Split" ->
                new PreTokenizer.Split(
                        StageJson.pattern(json.member("pattern")),
                        delimiters(json.member("behavior")),
                        StageJson.flag(json, "invert", false));
            case "Digits" ->
                PreTokenizer.numbers(
                        StageJson.flag(json, "individual_digits", false) ? Delimiters.ISOLATED : Delimiters.CONTIGUOUS);
            case "Whitespace" -> new PreTokenizer.Words();
            case "WhitespaceSplit" -> PreTokenizer.spaces(Delimiters.REMOVED);
            case "Punctuation" -> {
                JsonValue behavior = json.optional("behavior");
                yield PreTokenizer.punctuation(behavior == null ? Delimiters.ISOLATED : delimiters(behavior));
            }
            case "BertPreTokenizer" ->
                new PreTokenizer.Sequence(List.of(
                        PreTokenizer.spaces(Delimiters.REMOVED), PreTokenizer.punctuation(Delimiters.ISOLATED)));
            case "CharDelimiterSplit" -> {
                int delimiter = StageJson.character(json, "delimiter");
                yield new PreTokenizer.Characters(codePoint -> codePoint == delimiter, Delimiters.REMOVED);
            }
            case "Metaspace" ->
                new PreTokenizer.Metaspace(
                        Character.toString(StageJson.character(json, "replacement")),
                        prepending(json),
                        StageJson.flag(json, "split", true));
            case "Sequence" ->
                new PreTokenizer.Sequence(StageJson.steps(json, "pretokenizers").stream()
                        .map(PreTokenizerReader::read)
                        .toList());
            default -> throw StageJson.unsupported(json, "the pre-tokenizer " + type);
        };
    }

    private static PreTokenizer byteLevel(JsonValue json) {
        PreTokenizer pattern = StageJson.flag(json, "use_regex", true)
                ? new PreTokenizer.Split(TextPattern.Regex.of(SplitPattern.GPT2.regex()), Delimiters.ISOLATED, false)
                : NONE;
        return new PreTokenizer.ByteLevel(StageJson.flag(json, "add_prefix_space", true), pattern);
    }

    /** Where Metaspace puts its character before a text; in older files {@code add_prefix_space}. */
    static Prepending prepending(JsonValue json) {
        JsonValue scheme = json.optional("prepend_scheme");
        if (scheme == null) {
            return StageJson.flag(json, "add_prefix_space", true) ? Prepending.ALWAYS : Prepending.NEVER;
        }
        return switch (scheme.string()) {
            case "always" -> Prepending.ALWAYS;
            case "first" -> Prepending.FIRST;
            case "never" -> Prepending.NEVER;
            default -> throw scheme.error("expected always, first or never, but found " + scheme.string());
        };
    }

    private static Delimiters delimiters(JsonValue behavior) {
        return switch (behavior.string()) {
            case "Removed" -> Delimiters.REMOVED;
            case "Isolated" -> Delimiters.ISOLATED;
            case "Contiguous" -> Delimiters.CONTIGUOUS;
            case "MergedWithPrevious" -> Delimiters.MERGED_WITH_PREVIOUS;
            case "MergedWithNext" -> Delimiters.MERGED_WITH_NEXT;
            default -> throw StageJson.unsupported(behavior, "the behavior " + behavior.string());
        };
    }
}
