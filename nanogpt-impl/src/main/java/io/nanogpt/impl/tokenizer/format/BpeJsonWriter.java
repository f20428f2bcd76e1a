package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.tokenizer.bpe.BpeModel;
import io.nanogpt.impl.tokenizer.bpe.Merges;
import io.nanogpt.impl.tokenizer.bpe.TokenTable;
import io.nanogpt.impl.tokenizer.pretokenize.KnownPatterns;
import io.nanogpt.tokenizer.SplitPattern;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Writes a byte-level BPE tokenizer as the {@code tokenizer.json} of Hugging Face tokenizers. */
public final class BpeJsonWriter {
    private BpeJsonWriter() {}

    public static String text(BpeModel model) {
        return TokenizerJson.text(
                model.specialTokens(),
                json -> preTokenizer(model.pattern(), json),
                json -> TokenizerJson.writeByteLevel(true, json),
                json -> bpe(model, json));
    }

    private static void preTokenizer(SplitPattern pattern, JsonGenerator json) throws IOException {
        if (KnownPatterns.isGpt2(pattern)) {
            TokenizerJson.writeByteLevel(true, json);
            return;
        }
        TokenizerJson.writeSplitAndByteLevel(KnownPatterns.forHuggingFace(pattern), "Isolated", false, json);
    }

    private static void bpe(BpeModel model, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "BPE");
        for (String absent : new String[] {"dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"}) {
            json.writeNullField(absent);
        }
        json.writeBooleanField("fuse_unk", false);
        json.writeBooleanField("byte_fallback", false);
        json.writeBooleanField("ignore_merges", model.wholePretokens());
        json.writeFieldName("vocab");
        writeVocabulary(model, json);
        merges(model, json);
        json.writeEndObject();
    }

    private static void merges(BpeModel model, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("merges");
        for (int i = 0; i < model.merges().size(); i++) {
            json.writeString(merge(model, i));
        }
        json.writeEndArray();
    }

    /** A merge as a line of {@code merges.txt}. */
    public static String merge(BpeModel model, int index) {
        Merges merges = model.merges();
        TokenTable tokens = model.tokens();
        return tokens.written(merges.left(index)) + " " + tokens.written(merges.right(index));
    }

    /** Writes ids by token. Special tokens are among them, unchanged, as in the files of Hugging Face's trainer. */
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
