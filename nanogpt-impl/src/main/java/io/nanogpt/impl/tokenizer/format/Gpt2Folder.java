package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.impl.tokenizer.bpe.ByteAlphabet;
import io.nanogpt.impl.tokenizer.pipeline.AddedToken;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A folder with {@code vocab.json} and {@code merges.txt}, and what transformers may have put beside them: see
 * {@link SideFiles}. What those ask for makes it a {@code tokenizer.json}, which is read instead.
 */
public final class Gpt2Folder {
    static final String END_OF_TEXT = "<|endoftext|>";

    private final Path folder;
    private final JsonValue vocabulary;
    private final SideFiles side;

    private Gpt2Folder(Path folder) {
        this.folder = folder;
        vocabulary = JsonValue.read(folder.resolve(Gpt2Files.VOCABULARY), "a " + Gpt2Files.VOCABULARY + " of GPT-2");
        side = SideFiles.read(folder, vocabulary);
    }

    /**
     * Reads a folder.
     *
     * @throws NanogptException if the files are broken, do not belong together, or are of a tokenizer that needs other
     *     steps, which the message names
     */
    public static Tokenizer read(Path folder) {
        return new Gpt2Folder(folder).read();
    }

    private Tokenizer read() {
        Set<String> tokens = vocabulary.members().keySet();
        boolean allBytes = ByteAlphabet.characters().chars().allMatch(c -> tokens.contains(Character.toString(c)));
        if (side.isEmpty() && allBytes) {
            return Gpt2Files.read(
                    folder.resolve(Gpt2Files.VOCABULARY),
                    folder.resolve(Gpt2Files.MERGES),
                    SplitPattern.GPT2,
                    tokens.contains(END_OF_TEXT) ? List.of(END_OF_TEXT) : List.of());
        }
        return TokenizerFiles.parse(json(merges()), folder.toString());
    }

    /** The merges, checked where a line can be named. */
    private List<String[]> merges() {
        Path file = folder.resolve(Gpt2Files.MERGES);
        Map<String, JsonValue> tokens = vocabulary.members();
        List<String[]> merges = new ArrayList<>();
        String[] lines = Utf8Files.read(file).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
            if (line.isEmpty() || (i == 0 && line.startsWith("#version"))) {
                continue;
            }
            String[] pair = line.split(" ", -1);
            String place = file + ", line " + (i + 1) + ": ";
            if (pair.length != 2) {
                throw new NanogptException(place + "expected a merge of two tokens, such as \"t h\"");
            }
            for (String token : List.of(pair[0], pair[1], pair[0] + pair[1])) {
                if (!tokens.containsKey(token)) {
                    throw new NanogptException(place + "this merge needs the token \"" + token + "\", which is not in "
                            + Gpt2Files.VOCABULARY + "; the two files belong to different tokenizers");
                }
            }
            merges.add(pair);
        }
        return merges;
    }

    private String json(List<String[]> merges) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.factory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeArrayFieldStart("added_tokens");
            for (AddedToken token : side.added()) {
                addedToken(token, json);
            }
            json.writeEndArray();
            json.writeFieldName("normalizer");
            side.writeNormalizer(json);
            json.writeFieldName("pre_tokenizer");
            side.writePreTokenizer(json);
            json.writeFieldName("post_processor");
            side.writePostProcessor(json);
            json.writeFieldName("decoder");
            TokenizerJson.writeByteLevel(true, json);
            json.writeFieldName("model");
            model(merges, json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    static void addedToken(AddedToken token, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", token.id());
        json.writeStringField("content", token.text());
        json.writeBooleanField("single_word", token.singleWord());
        json.writeBooleanField("lstrip", token.lstrip());
        json.writeBooleanField("rstrip", token.rstrip());
        json.writeBooleanField("normalized", token.normalized());
        json.writeBooleanField("special", token.special());
        json.writeEndObject();
    }

    private void model(List<String[]> merges, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", ModelReader.BPE);
        json.writeObjectFieldStart("vocab");
        for (Map.Entry<String, JsonValue> token : vocabulary.members().entrySet()) {
            json.writeNumberField(
                    token.getKey(),
                    token.getValue().integer(0, 2L * vocabulary.members().size() + 1023));
        }
        json.writeEndObject();
        json.writeArrayFieldStart("merges");
        for (String[] pair : merges) {
            json.writeString(pair[0] + " " + pair[1]);
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
