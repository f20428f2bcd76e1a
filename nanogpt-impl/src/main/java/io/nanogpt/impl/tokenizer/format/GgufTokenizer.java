package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.gguf.GgufMetadata;
import io.nanogpt.impl.tokenizer.bpe.ByteAlphabet;
import io.nanogpt.impl.tokenizer.pipeline.AddedToken;
import io.nanogpt.impl.tokenizer.pipeline.PostProcessor;
import io.nanogpt.impl.tokenizer.pretokenize.KnownPatterns;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tokenizers as the metadata {@code tokenizer.ggml.*} of GGUF: byte-level BPE, whose pattern llama.cpp knows by a name, and
 * that of SentencePiece.
 */
public final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final String MODEL = PREFIX + "model";
    private static final String PRE = PREFIX + "pre";
    static final String TOKENS = PREFIX + "tokens";
    private static final String TYPES = PREFIX + "token_type";
    private static final String MERGES = PREFIX + "merges";
    private static final String BEGIN = PREFIX + "bos_token_id";
    private static final String END = PREFIX + "eos_token_id";
    private static final String ADD_BEGIN = PREFIX + "add_bos_token";
    private static final String ADD_END = PREFIX + "add_eos_token";

    /** The kind of byte-level BPE. */
    private static final String BYTE_LEVEL = "gpt2";

    /** What llama.cpp calls no pattern of its own. */
    private static final String DEFAULT = "default";

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    /** A byte that is in no text. */
    private static final byte NEVER = (byte) 0xFF;

    /** Special tokens that end a text in llama.cpp too. */
    private static final List<String> ENDS =
            List.of("<|endoftext|>", "<|end_of_text|>", "</s>", "<|im_end|>", "<|eot_id|>", "<eos>");

    private GgufTokenizer() {}

    /**
     * Adds the metadata of a tokenizer.
     *
     * @param vocabularySize ids of the model, of which the tokenizer may leave some out
     * @param end the id at which generation ends, if it ends at one
     * @throws NanogptException if llama.cpp has no tokenizer with the same ids, naming what it lacks
     */
    public static void write(Tokenizer tokenizer, int vocabularySize, Optional<Integer> end, GgufMetadata.Builder to) {
        JsonValue root = JsonValue.parse(tokenizer.toJson(), "the tokenizer", "a tokenizer.json");
        JsonValue model = root.member("model");
        boolean sentences = GgufSentencePiece.isOne(model);
        String pre = sentences ? DEFAULT : pre(root, model).name();
        Map<String, Integer> ids = new LinkedHashMap<>();
        String[] tokens = new String[vocabularySize];
        int[] types = new int[vocabularySize];
        Arrays.setAll(tokens, id -> "[PAD" + id + "]");
        Arrays.fill(types, UNUSED);
        model.member("vocab").members().forEach((token, id) -> {
            int index = (int) id.integer(0, vocabularySize - 1L);
            ids.put(token, index);
            tokens[index] = token;
            types[index] = NORMAL;
        });
        for (AddedToken token : AddedTokensReader.read(root.optional("added_tokens"))) {
            tokens[token.id()] = token.text();
            types[token.id()] = token.special() ? CONTROL : USER_DEFINED;
        }
        to.put(MODEL, sentences ? GgufSentencePiece.KIND : BYTE_LEVEL)
                .put(PRE, pre)
                .put(TOKENS, List.of(tokens));
        if (sentences) {
            @Nullable JsonValue unknown = model.optional("unk_token");
            for (int id = 0; id < types.length; id++) {
                if (unknown != null && tokens[id].equals(unknown.string())) {
                    types[id] = UNKNOWN;
                } else if (GgufSentencePiece.isByte(tokens[id])) {
                    types[id] = BYTE;
                }
            }
            GgufSentencePiece.write(root, ids, vocabularySize, to);
        } else {
            to.put(MERGES, merges(model));
        }
        to.put(TYPES, types);
        writeEnds(tokenizer, root, end, to);
    }

    private static GgufPattern pre(JsonValue root, JsonValue model) {
        if (!ModelReader.type(model).equals(ModelReader.BPE)) {
            throw unsupported("a model of type " + ModelReader.type(model));
        }
        SplitPattern pattern = BpeJsonReader.pattern(root, true)
                .orElseThrow(() -> unsupported("other steps than one pattern and the bytes of its pieces"));
        SplitPattern known = KnownPatterns.isGpt2(pattern) ? SplitPattern.GPT2 : pattern;
        boolean whole = model.has("ignore_merges", true);
        return GgufPattern.KNOWN.stream()
                .filter(one -> one.pattern().equals(known) && one.whole() == whole)
                .findFirst()
                .orElseThrow(() -> unsupported(
                        "the pattern " + pattern.regex() + (whole ? " and ignores merges of whole words" : "")));
    }

    static NanogptException unsupported(String what) {
        return new NanogptException("llama.cpp has no tokenizer with the ids of this model's: it has " + what
                + ", where GGUF needs byte-level BPE with the pattern of GPT-2, Llama 3, Qwen 2 or GPT-4o, or BPE of"
                + " SentencePiece. A tokenizer of"
                + " characters or words has no id to spare for the end of a text, which llama.cpp requires. Train the"
                + " model with Tokenizers.byteLevelBpe(), or export it as ONNX");
    }

    private static List<String> merges(JsonValue model) {
        return ModelReader.pairs(model.member("merges")).stream()
                .map(pair -> String.join(" ", pair))
                .toList();
    }

    /** Where a text begins and ends. Without an id llama.cpp would take number 11 for it, so it gets that of {@link #NEVER}. */
    private static void writeEnds(Tokenizer tokenizer, JsonValue root, Optional<Integer> end, GgufMetadata.Builder to) {
        PostProcessor around = PostProcessorReader.read(root.optional("post_processor"), tokenizer.vocabularySize());
        if (around.before().length > 1 || around.after().length > 1) {
            throw unsupported("several tokens before or after every text");
        }
        Map<String, Integer> specials = tokenizer.specialTokens();
        int last = end.or(() -> around.after().length == 1 ? Optional.of(around.after()[0]) : Optional.empty())
                .or(() -> ENDS.stream()
                        .filter(specials::containsKey)
                        .map(specials::get)
                        .findFirst())
                .orElseGet(() -> never(root));
        to.put(BEGIN, around.before().length == 1 ? around.before()[0] : last)
                .put(END, last)
                .put(ADD_BEGIN, around.before().length == 1)
                .put(ADD_END, around.after().length == 1 && around.after()[0] == last);
    }

    private static int never(JsonValue root) {
        String token = GgufSentencePiece.isOne(root.member("model"))
                ? GgufSentencePiece.byteToken(NEVER & 0xFF)
                : ByteAlphabet.write(new byte[] {NEVER}, 0, 1);
        return (int) root.member("model").member("vocab").member(token).integer(0, Integer.MAX_VALUE);
    }

    /**
     * Reads the tokenizer of a file.
     *
     * @param source where it comes from, for messages
     * @throws NanogptException if it is of another kind, or broken
     */
    public static Tokenizer read(GgufMetadata metadata, String source) {
        String kind = metadata.text(MODEL).orElse("missing");
        return TokenizerFiles.parse(
                switch (kind) {
                    case GgufSentencePiece.KIND -> json(metadata, GgufSentencePiece::writeStages);
                    case BYTE_LEVEL -> {
                        GgufPattern pre = pattern(metadata);
                        yield json(metadata, (given, ids, json) -> writeByteLevel(given, pre, ids, json));
                    }
                    default ->
                        throw metadata.error(
                                MODEL,
                                "is " + kind + ", which is not supported; supported are " + BYTE_LEVEL
                                        + ", byte-level BPE, and " + GgufSentencePiece.KIND
                                        + ", BPE of SentencePiece. Give the tokenizer.json of the model");
                },
                source);
    }

    private static GgufPattern pattern(GgufMetadata metadata) {
        String name = metadata.text(PRE).orElse("missing");
        return GgufPattern.KNOWN.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> metadata.error(
                        PRE,
                        "is " + name + ", whose pattern is not known; known are " + GgufPattern.names()
                                + ". Give the tokenizer.json of the model"));
    }

    /** Writes the normalizer, the pre-tokenizer, the decoder and the model of a {@code tokenizer.json}. */
    private interface Stages {
        void write(GgufMetadata metadata, Map<String, Integer> ids, JsonGenerator json) throws IOException;
    }

    /**
     * The text of the token that begins texts.
     *
     * @param tokenizer of the file
     */
    public static Optional<String> begin(GgufMetadata metadata, Tokenizer tokenizer) {
        return text(BEGIN, metadata, tokenizer);
    }

    /**
     * The text at which generation ends, by the id of the end of text.
     *
     * @param tokenizer of the file
     */
    public static Optional<String> end(GgufMetadata metadata, Tokenizer tokenizer) {
        return text(END, metadata, tokenizer);
    }

    private static Optional<String> text(String key, GgufMetadata metadata, Tokenizer tokenizer) {
        if (!metadata.has(key)) {
            return Optional.empty();
        }
        int id = (int) metadata.integer(key, 0, tokenizer.vocabularySize() - 1L);
        byte[] bytes = tokenizer.decodeBytes(id);
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean isText = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes) && !text.isEmpty();
        return isText ? Optional.of(text) : Optional.empty();
    }

    private static String json(GgufMetadata metadata, Stages stages) {
        List<String> tokens = metadata.texts(TOKENS);
        int[] types = types(metadata, tokens.size());
        Set<String> seen = new HashSet<>();
        Map<String, Integer> ids = new LinkedHashMap<>();
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < types.length; id++) {
            String token = tokens.get(id);
            if (types[id] == UNUSED) {
                continue;
            }
            if (token.isEmpty() || !seen.add(token)) {
                throw metadata.error(TOKENS, "has the token " + id + ", \"" + token + "\", which is empty or a repeat");
            }
            boolean control = types[id] == CONTROL || types[id] == USER_DEFINED || types[id] == UNKNOWN;
            if (!control || types[id] == UNKNOWN) {
                ids.put(token, id);
            }
            if (control) {
                added.add(new AddedToken(token, id, false, false, false, false, types[id] != USER_DEFINED));
            }
        }
        return json(metadata, stages, ids, added);
    }

    private static int[] types(GgufMetadata metadata, int size) {
        if (!metadata.has(TYPES)) {
            int[] normal = new int[size];
            Arrays.fill(normal, NORMAL);
            return normal;
        }
        int[] types = metadata.integers(TYPES);
        if (types.length != size) {
            throw metadata.error(TYPES, "has " + types.length + " entries for " + size + " tokens");
        }
        return types;
    }

    private static String json(GgufMetadata metadata, Stages stages, Map<String, Integer> ids, List<AddedToken> added) {
        boolean sentences =
                metadata.text(MODEL).filter(GgufSentencePiece.KIND::equals).isPresent();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.factory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeArrayFieldStart("added_tokens");
            for (AddedToken token : added) {
                Gpt2Folder.addedToken(token, json);
            }
            json.writeEndArray();
            json.writeFieldName("post_processor");
            SideFiles.writeTemplate(
                    metadata.flag(ADD_BEGIN, sentences && metadata.has(BEGIN)) ? special(metadata, BEGIN, added) : null,
                    metadata.flag(ADD_END, false) ? special(metadata, END, added) : null,
                    json);
            stages.write(metadata, ids, json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void writeByteLevel(
            GgufMetadata metadata, GgufPattern pre, Map<String, Integer> ids, JsonGenerator json) throws IOException {
        json.writeNullField("normalizer");
        json.writeFieldName("pre_tokenizer");
        if (KnownPatterns.isGpt2(pre.pattern())) {
            TokenizerJson.writeByteLevel(true, json);
        } else {
            TokenizerJson.writeSplitAndByteLevel(KnownPatterns.forHuggingFace(pre.pattern()), "Isolated", false, json);
        }
        json.writeFieldName("decoder");
        TokenizerJson.writeByteLevel(true, json);
        json.writeObjectFieldStart("model");
        json.writeStringField("type", ModelReader.BPE);
        json.writeBooleanField("ignore_merges", pre.whole());
        TokenizerJson.writeVocabulary(ids, json);
        json.writeArrayFieldStart("merges");
        for (String merge : metadata.texts(MERGES)) {
            json.writeString(merge);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static AddedToken special(GgufMetadata metadata, String key, List<AddedToken> added) {
        long id = metadata.integer(key, 0, Integer.MAX_VALUE);
        return added.stream()
                .filter(token -> token.id() == id)
                .findFirst()
                .orElseThrow(() -> metadata.error(key, "is " + id + ", which is no special token"));
    }
}
