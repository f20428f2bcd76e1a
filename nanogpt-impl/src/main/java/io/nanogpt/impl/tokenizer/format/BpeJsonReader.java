package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.regex.UnsupportedPatternException;
import io.nanogpt.impl.tokenizer.bpe.ByteAlphabet;
import io.nanogpt.impl.tokenizer.bpe.ByteLevelTokenizer;
import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import io.nanogpt.impl.tokenizer.pretokenize.KnownPatterns;
import io.nanogpt.tokenizer.SplitPattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the byte-level BPE tokenizers among {@code tokenizer.json} files. */
final class BpeJsonReader {
    private static final String BYTE_LEVEL = "ByteLevel";

    private BpeJsonReader() {}

    /** Whether this is a byte-level tokenizer, by its decoder. */
    static boolean isByteLevel(JsonValue root) {
        JsonValue decoder = root.optional("decoder");
        return decoder != null && decoder.member("type").string().equals(BYTE_LEVEL);
    }

    static ByteLevelTokenizer read(JsonValue root) {
        for (String absent : new String[] {"truncation", "padding", "normalizer"}) {
            JsonValue value = root.optional(absent);
            if (value != null) {
                String type = value.members().containsKey("type")
                        ? " " + value.member("type").string()
                        : "";
                throw unsupported(value, "a " + absent + type);
            }
        }
        JsonValue processor = root.optional("post_processor");
        if (processor != null && !processor.member("type").string().equals(BYTE_LEVEL)) {
            throw unsupported(
                    processor, "the post-processor " + processor.member("type").string());
        }
        JsonValue model = root.member("model");
        checkModel(model);
        List<SpecialToken> specials = specials(root.optional("added_tokens"));
        SplitPattern pattern = pattern(root);
        BpeBuilder builder = new BpeBuilder(tokens(model.member("vocab"), specials), root::error);
        for (JsonValue merge : model.member("merges").elements()) {
            List<byte[]> pair = pair(merge);
            builder.merge(pair.get(0), pair.get(1), merge::error);
        }
        JsonValue ignoreMerges = model.optional("ignore_merges");
        return new ByteLevelTokenizer(builder.build(ignoreMerges != null && ignoreMerges.bool(), pattern, specials));
    }

    private static void checkModel(JsonValue model) {
        TokenizerJson.allowBpeFields(model);
        String type = model.member("type").string();
        if (!type.equals("BPE")) {
            throw unsupported(model.member("type"), "byte-level pieces in a model of type " + type);
        }
        JsonValue dropout = model.optional("dropout");
        if (dropout != null && dropout.number() != 0) {
            throw unsupported(dropout, "BPE dropout");
        }
        for (String affix : new String[] {"continuing_subword_prefix", "end_of_word_suffix"}) {
            JsonValue value = model.optional(affix);
            if (value != null && !value.string().isEmpty()) {
                throw unsupported(value, "a " + affix);
            }
        }
        JsonValue fallback = model.optional("byte_fallback");
        if (fallback != null && fallback.bool()) {
            throw unsupported(fallback, "byte_fallback");
        }
        // An unk_token or fuse_unk changes nothing: a byte-level model has all bytes, which is checked.
    }

    private static List<SpecialToken> specials(@Nullable JsonValue added) {
        List<SpecialToken> specials = new ArrayList<>();
        if (added == null) {
            return specials;
        }
        Set<Long> ids = new HashSet<>();
        Set<String> texts = new HashSet<>();
        for (JsonValue token : added.elements()) {
            for (String flag : new String[] {"single_word", "lstrip", "rstrip"}) {
                JsonValue value = token.optional(flag);
                if (value != null && value.bool()) {
                    throw unsupported(value, "an added token with " + flag);
                }
            }
            long id = token.member("id").integer(0, Integer.MAX_VALUE - 1);
            String text = token.member("content").string();
            if (text.isEmpty() || !ids.add(id) || !texts.add(text)) {
                throw token.error("an added token is empty, or repeats the id or the text of another one");
            }
            JsonValue special = token.optional("special");
            specials.add(new SpecialToken(text, (int) id, special != null && special.bool()));
        }
        return specials;
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

    private static SplitPattern pattern(JsonValue root) {
        JsonValue pre = root.optional("pre_tokenizer");
        if (pre == null) {
            throw unsupported(root, "byte-level BPE without a pre-tokenizer");
        }
        String type = pre.member("type").string();
        if (type.equals(BYTE_LEVEL)) {
            checkByteLevel(pre, true);
            return SplitPattern.GPT2;
        }
        if (!type.equals("Sequence")) {
            throw unsupported(pre, "the pre-tokenizer " + type);
        }
        List<JsonValue> steps = pre.member("pretokenizers").elements();
        for (JsonValue step : steps) {
            String kind = step.member("type").string();
            if (!kind.equals("Split") && !kind.equals(BYTE_LEVEL)) {
                throw unsupported(step, "the pre-tokenizer " + kind);
            }
        }
        if (steps.size() != 2
                || !steps.get(0).member("type").string().equals("Split")
                || !steps.get(1).member("type").string().equals(BYTE_LEVEL)) {
            throw unsupported(pre, "a sequence of pre-tokenizers other than one Split and one ByteLevel");
        }
        checkByteLevel(steps.get(1), false);
        return split(steps.get(0));
    }

    private static void checkByteLevel(JsonValue byteLevel, boolean splits) {
        JsonValue prefix = byteLevel.optional("add_prefix_space");
        if (prefix == null || prefix.bool()) {
            throw unsupported(byteLevel, "add_prefix_space");
        }
        JsonValue useRegex = byteLevel.optional("use_regex");
        if ((useRegex == null || useRegex.bool()) != splits) {
            throw unsupported(
                    byteLevel, splits ? "ByteLevel without a pattern" : "a pattern in both Split and ByteLevel");
        }
    }

    private static SplitPattern split(JsonValue split) {
        JsonValue expression = split.member("pattern").member("Regex");
        String regex = expression.string();
        String behavior = split.member("behavior").string();
        boolean invert = split.member("invert").bool();
        SplitPattern known = KnownPatterns.fromHuggingFace(regex);
        boolean isolated = behavior.equals("Isolated");
        // Where nothing lies between the matches, keeping only the matches is the same as isolating them.
        if (!isolated && !(known != null && behavior.equals("Removed") && invert)) {
            throw unsupported(split, "the behavior " + behavior + (invert ? ", inverted," : "") + " of this Split");
        }
        if (known != null) {
            return known;
        }
        try {
            return KnownPatterns.translated(regex);
        } catch (UnsupportedPatternException e) {
            throw unsupported(expression, "a pattern with " + e.feature());
        } catch (IllegalArgumentException e) {
            throw unsupported(expression, "a pattern that java.util.regex does not support");
        }
    }

    private static NanogptException unsupported(JsonValue place, String feature) {
        return place.error("this tokenizer uses " + feature + ", which is not supported");
    }
}
