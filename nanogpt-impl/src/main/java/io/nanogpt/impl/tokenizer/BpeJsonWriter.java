package io.nanogpt.impl.tokenizer;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Json;
import io.nanogpt.tokenizer.SplitPattern;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Writes a byte-level BPE tokenizer as the {@code tokenizer.json} of Hugging Face tokenizers. */
final class BpeJsonWriter {
    private final BpeModel model;
    private final JsonGenerator json;

    private BpeJsonWriter(BpeModel model, JsonGenerator json) {
        this.model = model;
        this.json = json;
    }

    static void write(BpeModel model, Path file) {
        AtomicFiles.write(file, out -> {
            try (JsonGenerator json = Json.factory().createGenerator(out)) {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                json.useDefaultPrettyPrinter();
                new BpeJsonWriter(model, json).write();
            }
        });
    }

    private void write() throws IOException {
        json.writeStartObject();
        json.writeStringField("version", "1.0");
        json.writeNullField("truncation");
        json.writeNullField("padding");
        json.writeArrayFieldStart("added_tokens");
        for (SpecialToken token : model.specialTokens()) {
            addedToken(token);
        }
        json.writeEndArray();
        json.writeNullField("normalizer");
        json.writeFieldName("pre_tokenizer");
        preTokenizer();
        json.writeNullField("post_processor");
        json.writeFieldName("decoder");
        byteLevel(true);
        json.writeFieldName("model");
        bpe();
        json.writeEndObject();
    }

    private void addedToken(SpecialToken token) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", token.id());
        json.writeStringField("content", token.text());
        for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
            json.writeBooleanField(flag, false);
        }
        json.writeBooleanField("special", token.special());
        json.writeEndObject();
    }

    private void preTokenizer() throws IOException {
        SplitPattern pattern = model.pattern();
        if (KnownPatterns.isGpt2(pattern)) {
            byteLevel(true);
            return;
        }
        json.writeStartObject();
        json.writeStringField("type", "Sequence");
        json.writeArrayFieldStart("pretokenizers");
        json.writeStartObject();
        json.writeStringField("type", "Split");
        json.writeObjectFieldStart("pattern");
        json.writeStringField("Regex", KnownPatterns.forHuggingFace(pattern));
        json.writeEndObject();
        json.writeStringField("behavior", "Isolated");
        json.writeBooleanField("invert", false);
        json.writeEndObject();
        byteLevel(false);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void byteLevel(boolean useRegex) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "ByteLevel");
        json.writeBooleanField("add_prefix_space", false);
        json.writeBooleanField("trim_offsets", true);
        json.writeBooleanField("use_regex", useRegex);
        json.writeEndObject();
    }

    private void bpe() throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "BPE");
        for (String absent : new String[] {"dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"}) {
            json.writeNullField(absent);
        }
        json.writeBooleanField("fuse_unk", false);
        json.writeBooleanField("byte_fallback", false);
        json.writeBooleanField("ignore_merges", model.wholeWords());
        json.writeFieldName("vocab");
        writeVocabulary(model, json);
        merges();
        json.writeEndObject();
    }

    private void merges() throws IOException {
        json.writeArrayFieldStart("merges");
        for (int i = 0; i < model.merges().size(); i++) {
            json.writeString(merge(model, i));
        }
        json.writeEndArray();
    }

    /** A merge as a line of {@code merges.txt}. */
    static String merge(BpeModel model, int index) {
        Merges merges = model.merges();
        TokenTable tokens = model.tokens();
        return tokens.written(merges.left(index)) + " " + tokens.written(merges.right(index));
    }

    /** From tokens to ids. Special tokens stand in it as themselves, as Hugging Face's trainer has them. */
    static void writeVocabulary(BpeModel model, JsonGenerator json) throws IOException {
        Map<Integer, String> specials = new HashMap<>();
        model.specialTokens().forEach(token -> specials.put(token.id(), token.text()));
        TokenTable tokens = model.tokens();
        json.writeStartObject();
        for (int id = 0; id < model.vocabularySize(); id++) {
            String special = specials.get(id);
            if (special != null) {
                json.writeNumberField(special, id);
            } else if (tokens.contains(id)) {
                json.writeNumberField(tokens.written(id), id);
            }
        }
        json.writeEndObject();
    }
}
