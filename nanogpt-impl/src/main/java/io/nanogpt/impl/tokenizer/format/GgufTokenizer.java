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
 * Byte-level BPE tokenizers as the metadata {@code tokenizer.ggml.*} of GGUF. llama.cpp knows the pattern of a tokenizer by
 * a name, its kind {@code pre}.
 */
public final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final String MODEL = PREFIX + "model";
    private static final String PRE = PREFIX + "pre";
    private static final String TOKENS = PREFIX + "tokens";
    private static final String TYPES = PREFIX + "token_type";
    private static final String MERGES = PREFIX + "merges";
    private static final String BEGIN = PREFIX + "bos_token_id";
    private static final String END = PREFIX + "eos_token_id";
    private static final String ADD_BEGIN = PREFIX + "add_bos_token";
    private static final String ADD_END = PREFIX + "add_eos_token";

    /** The kind of byte-level BPE. */
    private static final String BYTE_LEVEL = "gpt2";

    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;

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
        GgufPattern pre = pre(root, model);
        String[] tokens = new String[vocabularySize];
        int[] types = new int[vocabularySize];
        Arrays.setAll(tokens, id -> "[PAD" + id + "]");
        Arrays.fill(types, UNUSED);
        model.member("vocab").members().forEach((token, id) -> {
            int index = (int) id.integer(0, vocabularySize - 1L);
            tokens[index] = token;
            types[index] = NORMAL;
        });
        List<AddedToken> added = AddedTokensReader.read(root.optional("added_tokens"));
        for (AddedToken token : added) {
            tokens[token.id()] = token.text();
            types[token.id()] = token.special() ? CONTROL : USER_DEFINED;
        }
        to.put(MODEL, BYTE_LEVEL)
                .put(PRE, pre.name())
                .put(TOKENS, List.of(tokens))
                .put(TYPES, types)
                .put(MERGES, merges(model));
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

    private static NanogptException unsupported(String what) {
        return new NanogptException("llama.cpp has no tokenizer with the ids of this model's: it has " + what
                + ", where GGUF needs byte-level BPE with the pattern of GPT-2, Llama 3, Qwen 2 or GPT-4o. A tokenizer of"
                + " characters or words has no id to spare for the end of a text, which llama.cpp requires. Train the"
                + " model with Tokenizers.byteLevelBpe(), or export it as ONNX");
    }

    /** The merges, {@code "a b"} in older files and {@code ["a", "b"]} in newer ones. */
    private static List<String> merges(JsonValue model) {
        List<String> merges = new ArrayList<>();
        for (JsonValue merge : model.member("merges").elements()) {
            merges.add(
                    merge.isArray()
                            ? String.join(
                                    " ",
                                    merge.elements().stream()
                                            .map(JsonValue::string)
                                            .toList())
                            : merge.string());
        }
        return merges;
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
        String token = ByteAlphabet.write(new byte[] {NEVER}, 0, 1);
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
        if (!kind.equals(BYTE_LEVEL)) {
            throw metadata.error(
                    MODEL,
                    "is " + kind + ", which is not supported; supported is " + BYTE_LEVEL
                            + ", byte-level BPE. Give the tokenizer.json of the model");
        }
        String name = metadata.text(PRE).orElse("missing");
        GgufPattern pre = GgufPattern.KNOWN.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> metadata.error(
                        PRE,
                        "is " + name + ", whose pattern is not known; known are " + GgufPattern.names()
                                + ". Give the tokenizer.json of the model"));
        return TokenizerFiles.parse(json(metadata, pre), source);
    }

    /**
     * The text at which generation ends, by the id of the end of text.
     *
     * @param tokenizer of the file
     */
    public static Optional<String> end(GgufMetadata metadata, Tokenizer tokenizer) {
        if (!metadata.has(END)) {
            return Optional.empty();
        }
        int id = (int) metadata.integer(END, 0, tokenizer.vocabularySize() - 1L);
        byte[] bytes = tokenizer.decodeBytes(id);
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean isText = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes) && !text.isEmpty();
        return isText ? Optional.of(text) : Optional.empty();
    }

    private static String json(GgufMetadata metadata, GgufPattern pre) {
        List<String> tokens = metadata.texts(TOKENS);
        int[] types = types(metadata, tokens.size());
        Set<String> seen = new HashSet<>();
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < types.length; id++) {
            String token = tokens.get(id);
            if (types[id] == UNUSED) {
                continue;
            }
            if (token.isEmpty() || !seen.add(token)) {
                throw metadata.error(TOKENS, "has the token " + id + ", \"" + token + "\", which is empty or a repeat");
            }
            if (types[id] == NORMAL) {
                vocabulary.put(token, id);
            } else {
                added.add(new AddedToken(token, id, false, false, false, false, types[id] != USER_DEFINED));
            }
        }
        return json(metadata, pre, vocabulary, added);
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

    private static String json(
            GgufMetadata metadata, GgufPattern pre, Map<String, Integer> vocabulary, List<AddedToken> added) {
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
            json.writeNullField("normalizer");
            json.writeFieldName("pre_tokenizer");
            if (KnownPatterns.isGpt2(pre.pattern())) {
                TokenizerJson.writeByteLevel(true, json);
            } else {
                TokenizerJson.writeSplitAndByteLevel(
                        KnownPatterns.forHuggingFace(pre.pattern()), "Isolated", false, json);
            }
            json.writeFieldName("post_processor");
            SideFiles.writeTemplate(
                    around(metadata, ADD_BEGIN, BEGIN, added), around(metadata, ADD_END, END, added), json);
            json.writeFieldName("decoder");
            TokenizerJson.writeByteLevel(true, json);
            json.writeFieldName("model");
            json.writeStartObject();
            json.writeStringField("type", ModelReader.BPE);
            json.writeBooleanField("ignore_merges", pre.whole());
            json.writeObjectFieldStart("vocab");
            for (Map.Entry<String, Integer> token : vocabulary.entrySet()) {
                json.writeNumberField(token.getKey(), token.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("merges");
            for (String merge : metadata.texts(MERGES)) {
                json.writeString(merge);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** The special token that is put before or after every text, if one is. */
    private static @Nullable AddedToken around(GgufMetadata metadata, String adds, String key, List<AddedToken> added) {
        if (!metadata.flag(adds, false)) {
            return null;
        }
        long id = metadata.integer(key, 0, Integer.MAX_VALUE);
        return added.stream()
                .filter(token -> token.id() == id)
                .findFirst()
                .orElseThrow(() -> metadata.error(key, "is " + id + ", which is no special token"));
    }
}
