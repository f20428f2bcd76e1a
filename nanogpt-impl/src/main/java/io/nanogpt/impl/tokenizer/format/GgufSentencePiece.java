package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.gguf.GgufMetadata;
import io.nanogpt.impl.tokenizer.pipeline.Normalizer;
import io.nanogpt.impl.tokenizer.pipeline.PreTokenizer;
import io.nanogpt.impl.tokenizer.pipeline.PreTokenizer.Metaspace.Prepending;
import io.nanogpt.impl.tokenizer.pipeline.TextPattern;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * BPE of SentencePiece, the kind {@code llama}: white space is a character, characters without a token become those of
 * their bytes, and of two neighbours those are merged whose token has the highest score, whatever its halves.
 */
final class GgufSentencePiece {
    static final String KIND = "llama";

    private static final String SCORES = "tokenizer.ggml.scores";
    private static final String UNKNOWN = "tokenizer.ggml.unknown_token_id";
    private static final String PREFIX = "tokenizer.ggml.add_space_prefix";
    private static final String SPACE = "\u2581";

    /** A longer token would have more halves than any tokenizer needs. */
    private static final int LONGEST = 256;

    private static final Normalizer SPACES = new Normalizer.Replace(new TextPattern.Literal(" "), SPACE);
    private static final Normalizer PREFIXED = new Normalizer.Sequence(List.of(new Normalizer.Prepend(SPACE), SPACES));
    private static final Normalizer NOTHING = new Normalizer.Sequence(List.of());

    /** Two tokens that become one. */
    private record Merge(String left, String right) {}

    /** The halves of a token, with their ids. */
    private record Halves(Merge merge, int left, int right) {}

    /** A merge, and the order of merges in Hugging Face's conversions. */
    private record Ranked(Halves halves, float score) {
        static final Comparator<Ranked> ORDER = Comparator.comparingDouble((Ranked one) -> -one.score())
                .thenComparingInt(one -> one.halves().left())
                .thenComparingInt(one -> one.halves().right());
    }

    private GgufSentencePiece() {}

    /** Whether a tokenizer is of this kind. */
    static boolean isOne(JsonValue model) {
        return ModelReader.type(model).equals(ModelReader.BPE) && model.has("byte_fallback", true);
    }

    /** The token of a byte. */
    static String byteToken(int value) {
        return String.format("<0x%02X>", value);
    }

    static boolean isByte(String token) {
        return token.length() == 6
                && token.startsWith("<0x")
                && token.endsWith(">")
                && token.substring(3, 5).chars().allMatch(digit -> Character.digit(digit, 16) >= 0);
    }

    /**
     * Adds what is of this kind alone.
     *
     * @param ids of the tokens that merges have, by text
     */
    static void write(JsonValue root, Map<String, Integer> ids, int vocabularySize, GgufMetadata.Builder to) {
        JsonValue model = root.member("model");
        to.put(PREFIX, prefix(root)).put(SCORES, scores(model, ids, vocabularySize));
        Optional.ofNullable(model.optional("unk_token"))
                .map(token -> ids.get(token.string()))
                .ifPresent(id -> to.put(UNKNOWN, id));
    }

    /** Whether a space is put before a text. */
    private static boolean prefix(JsonValue root) {
        Normalizer normalizer = NormalizerReader.read(root.optional("normalizer"));
        Optional<PreTokenizer> before =
                Optional.ofNullable(root.optional("pre_tokenizer")).map(PreTokenizerReader::read);
        if (normalizer.equals(PREFIXED) && before.isEmpty()) {
            return true;
        }
        // What is split at spaces after they were replaced stays whole.
        if (normalizer.equals(SPACES)
                && before.map(GgufSentencePiece::splitsAtSpaces).orElse(true)) {
            return false;
        }
        if (normalizer.equals(NOTHING)
                && before.isPresent()
                && before.get() instanceof PreTokenizer.Metaspace metaspace
                && !metaspace.split()
                && metaspace.replacement().equals(SPACE)) {
            return metaspace.prepending() != Prepending.NEVER;
        }
        throw GgufTokenizer.unsupported("other steps than spaces that become " + SPACE + " and one before the text");
    }

    private static boolean splitsAtSpaces(PreTokenizer step) {
        return step instanceof PreTokenizer.Split split && split.pattern().equals(new TextPattern.Literal(" "));
    }

    /** Scores that fall with the place of a token in the list of merges. */
    private static float[] scores(JsonValue model, Map<String, Integer> ids, int vocabularySize) {
        Set<Merge> merges = new HashSet<>();
        float[] scores = new float[vocabularySize];
        Set<String> made = new HashSet<>();
        String last = "";
        for (List<String> pair : ModelReader.pairs(model.member("merges"))) {
            String token = pair.get(0) + pair.get(1);
            merges.add(new Merge(pair.get(0), pair.get(1)));
            if (!token.equals(last)) {
                if (!made.add(token)) {
                    throw GgufTokenizer.unsupported("merges to \"" + token + "\" in several places of their order");
                }
                scores[Objects.requireNonNull(ids.get(token), token)] = -made.size();
                last = token;
            }
        }
        ids.forEach((token, id) -> {
            if (!made.contains(token)) {
                scores[id] = -made.size() - 1f;
            }
            for (Halves halves : made.contains(token) ? halves(token, ids) : List.<Halves>of()) {
                if (!merges.contains(halves.merge())) {
                    throw GgufTokenizer.unsupported(
                            "no merge of \"" + halves.merge().left() + "\" and \""
                                    + halves.merge().right() + "\", though these together are a token");
                }
            }
        });
        return scores;
    }

    /** The two halves of a token that are tokens too. */
    private static List<Halves> halves(String token, Map<String, Integer> ids) {
        List<Halves> halves = new ArrayList<>();
        for (int cut = 1; cut < token.length(); cut++) {
            Merge merge = new Merge(token.substring(0, cut), token.substring(cut));
            Integer left = ids.get(merge.left());
            Integer right = ids.get(merge.right());
            if (left != null && right != null) {
                halves.add(new Halves(merge, left, right));
            }
        }
        return halves;
    }

    /** Writes the stages of a {@code tokenizer.json}, and its model. */
    static void writeStages(GgufMetadata metadata, Map<String, Integer> ids, JsonGenerator json) throws IOException {
        boolean prefix = metadata.flag(PREFIX, true);
        json.writeObjectFieldStart("normalizer");
        json.writeStringField("type", "Sequence");
        json.writeArrayFieldStart("normalizers");
        if (prefix) {
            writeStep(json, "Prepend", "prepend", SPACE);
        }
        writeReplace(" ", SPACE, json);
        json.writeEndArray();
        json.writeEndObject();
        json.writeNullField("pre_tokenizer");
        json.writeObjectFieldStart("decoder");
        json.writeStringField("type", "Sequence");
        json.writeArrayFieldStart("decoders");
        writeReplace(SPACE, " ", json);
        writeStep(json, "ByteFallback");
        writeStep(json, "Fuse");
        if (prefix) {
            json.writeStartObject();
            json.writeStringField("type", "Strip");
            json.writeStringField("content", " ");
            json.writeNumberField("start", 1);
            json.writeNumberField("stop", 0);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        writeModel(metadata, ids, json);
    }

    private static void writeModel(GgufMetadata metadata, Map<String, Integer> ids, JsonGenerator json)
            throws IOException {
        json.writeObjectFieldStart("model");
        json.writeStringField("type", ModelReader.BPE);
        json.writeBooleanField("byte_fallback", true);
        json.writeBooleanField("fuse_unk", true);
        if (metadata.has(UNKNOWN)) {
            long unknown = metadata.integer(UNKNOWN, 0, Integer.MAX_VALUE);
            for (Map.Entry<String, Integer> token : ids.entrySet()) {
                if (token.getValue() == unknown) {
                    json.writeStringField("unk_token", token.getKey());
                }
            }
        }
        TokenizerJson.writeVocabulary(ids, json);
        json.writeArrayFieldStart("merges");
        for (Merge merge : merges(metadata, ids)) {
            json.writeStartArray();
            json.writeString(merge.left());
            json.writeString(merge.right());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** All merges of two tokens to a third, those to a token of a higher score first. */
    private static List<Merge> merges(GgufMetadata metadata, Map<String, Integer> ids) {
        float[] scores = metadata.floats(SCORES);
        Map<String, Integer> merged = new HashMap<>(ids);
        merged.keySet().removeIf(GgufSentencePiece::isByte);
        List<Ranked> ranked = new ArrayList<>();
        merged.forEach((token, id) -> {
            if (id >= scores.length) {
                throw metadata.error(SCORES, "has " + scores.length + " numbers, too few for the token " + id);
            }
            if (token.length() > LONGEST) {
                throw metadata.error(
                        GgufTokenizer.TOKENS,
                        "has the token " + id + " of " + token.length() + " characters; supported are up to "
                                + LONGEST);
            }
            halves(token, merged).forEach(halves -> ranked.add(new Ranked(halves, scores[id])));
        });
        ranked.sort(Ranked.ORDER);
        return ranked.stream().map(one -> one.halves().merge()).toList();
    }

    private static void writeReplace(String from, String to, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "Replace");
        json.writeObjectFieldStart("pattern");
        json.writeStringField("String", from);
        json.writeEndObject();
        json.writeStringField("content", to);
        json.writeEndObject();
    }

    private static void writeStep(JsonGenerator json, String type, String... member) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", type);
        if (member.length == 2) {
            json.writeStringField(member[0], member[1]);
        }
        json.writeEndObject();
    }
}
