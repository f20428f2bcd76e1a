package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.regex.UnsupportedPatternException;
import io.nanogpt.impl.tokenizer.bpe.BpeModel;
import io.nanogpt.impl.tokenizer.bpe.ByteAlphabet;
import io.nanogpt.impl.tokenizer.bpe.ByteLevelTokenizer;
import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import io.nanogpt.impl.tokenizer.pipeline.AddedToken;
import io.nanogpt.impl.tokenizer.pipeline.Origin;
import io.nanogpt.impl.tokenizer.pretokenize.KnownPatterns;
import io.nanogpt.tokenizer.SplitPattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the byte-level BPE tokenizers among {@code tokenizer.json} files that need no more than one pattern: those of
 * GPT-2, Llama 3 and GPT-4.
 */
final class BpeJsonReader {
    private static final String BYTE_LEVEL = "ByteLevel";

    private BpeJsonReader() {}

    /** The pattern of a tokenizer that {@link #read} reads; empty for others. */
    static Optional<SplitPattern> pattern(JsonValue root) {
        return pattern(root, false);
    }

    /**
     * The pattern of a tokenizer.
     *
     * @param composed whether one that composes characters first (NFC) counts too, as that of Qwen 2
     */
    static Optional<SplitPattern> pattern(JsonValue root, boolean composed) {
        JsonValue decoder = root.optional("decoder");
        JsonValue normalizer = root.optional("normalizer");
        boolean normalizes = normalizer != null
                && !(normalizer.has("type", "Sequence") && normalizer.lacks("normalizers"))
                && !(composed && normalizer.has("type", "NFC"));
        boolean fits = decoder != null
                && decoder.has("type", BYTE_LEVEL)
                && !normalizes
                && isPlain(root.member("model"))
                && AddedTokensReader.read(root.optional("added_tokens")).stream()
                        .allMatch(AddedToken::isPlain)
                && hasBytes(root);
        return fits ? split(root.optional("pre_tokenizer")) : Optional.empty();
    }

    private static boolean isPlain(JsonValue model) {
        return ModelReader.type(model).equals(ModelReader.BPE)
                && (model.lacks("dropout") || model.member("dropout").number() == 0)
                && (model.lacks("continuing_subword_prefix") || model.has("continuing_subword_prefix", ""))
                && (model.lacks("end_of_word_suffix") || model.has("end_of_word_suffix", ""))
                && !model.has("byte_fallback", true);
    }

    /** Whether the vocabulary has all bytes, and tokens of bytes alone. */
    private static boolean hasBytes(JsonValue root) {
        Set<String> tokens = root.member("model").member("vocab").members().keySet();
        Set<String> added = new HashSet<>();
        AddedTokensReader.read(root.optional("added_tokens")).forEach(token -> added.add(token.text()));
        return ByteAlphabet.characters().chars().allMatch(c -> tokens.contains(Character.toString(c)))
                && tokens.stream().allMatch(token -> ByteAlphabet.isWritten(token) || added.contains(token));
    }

    private static Optional<SplitPattern> split(@Nullable JsonValue pre) {
        if (pre == null) {
            return Optional.empty();
        }
        if (isByteLevel(pre, true)) {
            return Optional.of(SplitPattern.GPT2);
        }
        List<JsonValue> steps =
                pre.has("type", "Sequence") ? pre.member("pretokenizers").elements() : List.of();
        boolean splits = steps.size() == 2 && steps.get(0).has("type", "Split") && isByteLevel(steps.get(1), false);
        JsonValue regex = splits ? steps.get(0).member("pattern").optional("Regex") : null;
        return regex == null ? Optional.empty() : pattern(regex.string(), steps.get(0));
    }

    private static boolean isByteLevel(JsonValue step, boolean splits) {
        return step.has("type", BYTE_LEVEL)
                && step.has("add_prefix_space", false)
                && (step.lacks("use_regex") ? splits : step.has("use_regex", splits));
    }

    private static Optional<SplitPattern> pattern(String regex, JsonValue split) {
        boolean isolated = split.has("behavior", "Isolated");
        SplitPattern known = KnownPatterns.fromHuggingFace(regex);
        if (known != null) {
            // Where nothing lies between the matches, keeping only the matches is the same as isolating them.
            boolean kept = split.has("behavior", "Removed") && split.has("invert", true);
            return isolated || kept ? Optional.of(known) : Optional.empty();
        }
        try {
            return isolated ? Optional.of(KnownPatterns.translated(regex)) : Optional.empty();
        } catch (UnsupportedPatternException | IllegalArgumentException e) {
            return Optional.empty(); // Reading it as a pipeline names it.
        }
    }

    static ByteLevelTokenizer read(JsonValue root, SplitPattern pattern, String text) {
        JsonValue model = root.member("model");
        TokenizerJson.allowBpeFields(model);
        List<SpecialToken> specials = new ArrayList<>();
        for (AddedToken token : AddedTokensReader.read(root.optional("added_tokens"))) {
            specials.add(new SpecialToken(token.text(), token.id(), token.special()));
        }
        BpeBuilder builder = new BpeBuilder(tokens(model.member("vocab"), specials), root::error);
        for (JsonValue merge : model.member("merges").elements()) {
            List<byte[]> pair = pair(merge);
            builder.merge(pair.get(0), pair.get(1), merge::error);
        }
        BpeModel bpe = builder.build(model.has("ignore_merges", true), pattern, specials);
        boolean plain = root.lacks("truncation")
                && root.lacks("padding")
                && root.lacks("post_processor")
                && root.optional("normalizer") == null;
        return plain
                ? new ByteLevelTokenizer(bpe)
                : new ByteLevelTokenizer(
                        bpe,
                        PostProcessorReader.read(root.optional("post_processor"), bpe.vocabularySize()),
                        new Origin(text, PipelineReader.notes(root)));
    }

    /**
     * The tokens by id. The array is as long as the file has entries, and a little longer for added tokens, whatever
     * the ids.
     */
    static byte[] @Nullable [] tokens(JsonValue vocabulary, List<SpecialToken> specials) {
        Map<String, JsonValue> members = vocabulary.members();
        int most = 2 * (members.size() + specials.size()) + 1024;
        for (SpecialToken special : specials) {
            if (special.id() >= most) {
                throw vocabulary.error("the added token " + special.text() + " has the id " + special.id()
                        + ", but there are only " + members.size() + " tokens");
            }
            JsonValue same = members.get(special.text());
            if (same != null && same.integer(0, most) != special.id()) {
                throw same.error("this token is an added token too, with the other id " + special.id());
            }
        }
        int size = 0;
        for (JsonValue id : members.values()) {
            size = Math.max(size, (int) id.integer(0, most - 1) + 1);
        }
        Set<String> added = new HashSet<>();
        specials.forEach(special -> added.add(special.text()));
        byte[] @Nullable [] tokens = new byte[size][];
        members.forEach((token, value) -> {
            int id = (int) value.integer(0, most - 1);
            byte[] bytes = ByteAlphabet.read(token);
            if (bytes == null && !added.contains(token)) {
                throw value.error("this token has characters outside the byte alphabet of GPT-2, so the tokenizer is"
                        + " not byte-level");
            }
            if (tokens[id] != null) {
                throw value.error("the id " + id + " stands for two tokens; every id must stand for one");
            }
            tokens[id] = bytes;
        });
        return tokens;
    }

    /** A merge, {@code "a b"} in older files and {@code ["a", "b"]} in newer ones. */
    private static List<byte[]> pair(JsonValue merge) {
        List<String> parts = merge.isArray()
                ? merge.elements().stream().map(JsonValue::string).toList()
                : List.of(merge.string().split(" ", -1));
        return pair(parts, merge::error);
    }

    /** The bytes of the two tokens of a merge. */
    static List<byte[]> pair(List<String> parts, Function<String, NanogptException> error) {
        List<byte[]> pair = new ArrayList<>();
        for (String part : parts) {
            byte[] bytes = ByteAlphabet.read(part);
            if (bytes != null && bytes.length > 0) {
                pair.add(bytes);
            }
        }
        if (parts.size() != 2 || pair.size() != 2) {
            throw error.apply("expected a merge of two tokens in the byte alphabet of GPT-2, such as \"t h\"");
        }
        return pair;
    }
}
