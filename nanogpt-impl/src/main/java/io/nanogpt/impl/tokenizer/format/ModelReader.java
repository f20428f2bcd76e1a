package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.bpe.Merges;
import io.nanogpt.impl.tokenizer.bpe.PairTable;
import io.nanogpt.impl.tokenizer.pipeline.BpePieces;
import io.nanogpt.impl.tokenizer.pipeline.PieceModel;
import io.nanogpt.impl.tokenizer.pipeline.UnigramPieces;
import io.nanogpt.impl.tokenizer.pipeline.Vocabulary;
import io.nanogpt.impl.tokenizer.pipeline.WordLevelPieces;
import io.nanogpt.impl.tokenizer.pipeline.WordPieces;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the {@code model} of a {@code tokenizer.json}. */
final class ModelReader {
    static final String BPE = "BPE";
    static final String WORD_LEVEL = "WordLevel";
    static final String WORD_PIECE = "WordPiece";
    static final String UNIGRAM = "Unigram";

    private ModelReader() {}

    /** The type of a model, which older files leave out. */
    static String type(JsonValue model) {
        JsonValue type = model.optional("type");
        if (type != null) {
            return type.string();
        }
        if (model.members().containsKey("merges")) {
            return BPE;
        }
        if (model.member("vocab").isArray()) {
            return UNIGRAM;
        }
        return model.members().containsKey("max_input_chars_per_word") ? WORD_PIECE : WORD_LEVEL;
    }

    static PieceModel read(JsonValue model) {
        String type = type(model);
        return switch (type) {
            case BPE -> bpe(model);
            case WORD_LEVEL -> {
                model.allowOnly(Set.of("type", "vocab", "unk_token"));
                yield new WordLevelPieces(
                        vocabulary(model.member("vocab")), StageJson.text(model, "unk_token", "<unk>"));
            }
            case WORD_PIECE -> {
                model.allowOnly(
                        Set.of("type", "vocab", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word"));
                JsonValue most = model.optional("max_input_chars_per_word");
                yield new WordPieces(
                        vocabulary(model.member("vocab")),
                        StageJson.text(model, "unk_token", "[UNK]"),
                        StageJson.text(model, "continuing_subword_prefix", "##"),
                        most == null ? 100 : most.integer(0, Long.MAX_VALUE));
            }
            case UNIGRAM -> unigram(model);
            default -> throw StageJson.unsupported(model, "a model of type " + type);
        };
    }

    private static PieceModel bpe(JsonValue model) {
        TokenizerJson.allowBpeFields(model);
        JsonValue dropout = model.optional("dropout");
        if (dropout != null && dropout.number() != 0) {
            throw StageJson.unsupported(dropout, "BPE dropout");
        }
        Vocabulary vocabulary = vocabulary(model.member("vocab"));
        String prefix = StageJson.text(model, "continuing_subword_prefix", "");
        JsonValue unknown = model.optional("unk_token");
        return new BpePieces(
                vocabulary,
                new PairTable(merges(model.member("merges"), vocabulary, prefix)),
                new BpePieces.Settings(
                        unknown == null ? null : unknown.string(),
                        StageJson.flag(model, "fuse_unk", false),
                        StageJson.flag(model, "byte_fallback", false),
                        StageJson.flag(model, "ignore_merges", false),
                        new BpePieces.Affixes(prefix, StageJson.text(model, "end_of_word_suffix", ""))));
    }

    private static Merges merges(JsonValue json, Vocabulary vocabulary, String prefix) {
        Merges merges = new Merges();
        for (JsonValue merge : json.elements()) {
            List<String> pair = pair(merge);
            String right = pair.get(1);
            String joined = pair.get(0) + right.substring(right.startsWith(prefix) ? prefix.length() : 0);
            merges.add(
                    require(pair.get(0), vocabulary, merge),
                    require(right, vocabulary, merge),
                    require(joined, vocabulary, merge),
                    merges.size());
        }
        return merges;
    }

    /** The two tokens of each merge. */
    static List<List<String>> pairs(JsonValue merges) {
        return merges.elements().stream().map(ModelReader::pair).toList();
    }

    /** A merge, {@code "a b"} in older files and {@code ["a", "b"]} in newer ones. */
    private static List<String> pair(JsonValue merge) {
        List<String> parts = merge.isArray()
                ? merge.elements().stream().map(JsonValue::string).toList()
                : List.of(merge.string().split(" ", -1));
        if (parts.size() != 2) {
            throw merge.error("expected a merge of two tokens, such as \"t h\", but found " + parts.size());
        }
        return parts;
    }

    private static int require(String token, Vocabulary vocabulary, JsonValue merge) {
        Integer id = vocabulary.id(token);
        if (id == null) {
            throw merge.error("this merge needs the token \"" + token + "\", which is not in the vocabulary; the"
                    + " vocabulary and the merges belong to different tokenizers");
        }
        return id;
    }

    private static PieceModel unigram(JsonValue model) {
        model.allowOnly(Set.of("type", "vocab", "unk_id", "byte_fallback"));
        JsonValue vocab = model.member("vocab");
        List<JsonValue> entries = vocab.elements();
        if (entries.isEmpty()) {
            throw vocab.error("the vocabulary is empty; expected at least one token");
        }
        Map<String, Integer> ids = new HashMap<>();
        double[] scores = new double[entries.size()];
        for (int id = 0; id < scores.length; id++) {
            List<JsonValue> entry = entries.get(id).elements();
            if (entry.size() != 2) {
                throw entries.get(id).error("expected a token and its score, but found " + entry.size() + " elements");
            }
            ids.put(entry.get(0).string(), id);
            scores[id] = entry.get(1).number();
        }
        @Nullable JsonValue unknown = model.optional("unk_id");
        return new UnigramPieces(
                new Vocabulary(ids, scores.length),
                scores,
                unknown == null ? null : (int) unknown.integer(0, scores.length - 1L),
                StageJson.flag(model, "byte_fallback", false));
    }

    /** Tokens and ids; as many ids as the file has entries, and a few more. */
    private static Vocabulary vocabulary(JsonValue json) {
        Map<String, JsonValue> members = json.members();
        if (members.isEmpty()) {
            throw json.error("the vocabulary is empty; expected at least one token");
        }
        long most = 2L * members.size() + 1024;
        Map<String, Integer> ids = new HashMap<>(members.size() * 2);
        Map<Integer, String> tokens = new HashMap<>(members.size() * 2);
        int size = 0;
        for (Map.Entry<String, JsonValue> member : members.entrySet()) {
            int id = (int) member.getValue().integer(0, most - 1);
            if (tokens.put(id, member.getKey()) != null) {
                throw member.getValue().error("the id " + id + " stands for two tokens; every id must stand for one");
            }
            ids.put(member.getKey(), id);
            size = Math.max(size, id + 1);
        }
        return new Vocabulary(ids, size);
    }
}
