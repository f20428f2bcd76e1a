package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.impl.tokenizer.bpe.BpeModel;
import io.nanogpt.impl.tokenizer.bpe.ByteLevelTokenizer;
import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import io.nanogpt.tokenizer.SplitPattern;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The two files of GPT-2: {@code vocab.json}, from tokens to ids, and {@code merges.txt}, a pair a line. */
public final class Gpt2Files {
    public static final String VOCABULARY = "vocab.json";
    public static final String MERGES = "merges.txt";

    private static final String VERSION_LINE = "#version: 0.2";

    private Gpt2Files() {}

    public static ByteLevelTokenizer read(
            Path vocabularyFile, Path mergesFile, SplitPattern pattern, List<String> specialTokens) {
        JsonValue root = JsonValue.read(vocabularyFile, "a " + VOCABULARY + " of GPT-2");
        Map<String, JsonValue> members = root.members();
        List<SpecialToken> specials = new ArrayList<>();
        for (String text : specialTokens) {
            JsonValue id = members.get(text);
            if (id == null) {
                throw root.error("the special token " + text + " is not in the vocabulary");
            }
            specials.add(new SpecialToken(text, (int) id.integer(0, Integer.MAX_VALUE - 1), true));
        }
        BpeBuilder builder = new BpeBuilder(BpeJsonReader.tokens(root, specials), root::error);
        String[] lines = Utf8Files.read(mergesFile).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
            if (!line.isEmpty() && !(i == 0 && line.startsWith("#version"))) {
                String place = mergesFile + ", line " + (i + 1) + ": ";
                List<byte[]> pair =
                        BpeJsonReader.pair(List.of(line.split(" ", -1)), what -> new NanogptException(place + what));
                builder.merge(pair.get(0), pair.get(1), what -> new NanogptException(place + what));
            }
        }
        return new ByteLevelTokenizer(builder.build(false, pattern, specials));
    }

    public static void write(BpeModel model, Path folder) {
        AtomicFiles.write(folder.resolve(VOCABULARY), out -> {
            try (JsonGenerator json = Json.factory().createGenerator(out)) {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                BpeJsonWriter.writeVocabulary(model, json);
            }
        });
        AtomicFiles.write(folder.resolve(MERGES), out -> {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            writer.write(VERSION_LINE + "\n");
            for (int i = 0; i < model.merges().size(); i++) {
                writer.write(BpeJsonWriter.merge(model, i) + "\n");
            }
            writer.flush();
        });
    }
}
