package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.pipeline.AddedToken;
import io.nanogpt.impl.tokenizer.pipeline.Normalizer;
import io.nanogpt.impl.tokenizer.pipeline.Origin;
import io.nanogpt.impl.tokenizer.pipeline.PieceModel;
import io.nanogpt.impl.tokenizer.pipeline.PipelineTokenizer;
import java.util.ArrayList;
import java.util.List;

/** Reads a {@code tokenizer.json} stage by stage. */
final class PipelineReader {
    private PipelineReader() {}

    static PipelineTokenizer read(JsonValue root, String text) {
        JsonValue addedTokens = root.optional("added_tokens");
        List<AddedToken> added = AddedTokensReader.read(addedTokens);
        Normalizer normalizer = NormalizerReader.read(root.optional("normalizer"));
        PieceModel model = ModelReader.read(root.member("model"));
        int size = model.vocabulary().size();
        for (AddedToken token : added) {
            checkAdded(token, normalizer, model, root.member("added_tokens"));
            size = Math.max(size, token.id() + 1);
        }
        PipelineTokenizer.Stages stages = new PipelineTokenizer.Stages(
                normalizer,
                PreTokenizerReader.read(root.optional("pre_tokenizer")),
                model,
                PostProcessorReader.read(root.optional("post_processor"), size),
                DecoderReader.read(root.optional("decoder")));
        return new PipelineTokenizer(stages, added, new Origin(text, notes(root)));
    }

    private static void checkAdded(AddedToken token, Normalizer normalizer, PieceModel model, JsonValue place) {
        Integer same = model.vocabulary().id(token.text());
        if (same != null && same != token.id()) {
            throw place.error("the added token " + token.text() + " has the id " + token.id()
                    + ", but in the vocabulary it is " + same);
        }
        if (token.id() >= 2L * model.vocabulary().size() + 2L * place.elements().size() + 1024) {
            throw place.error("the added token " + token.text() + " has the id " + token.id() + ", but there are only "
                    + model.vocabulary().size() + " tokens");
        }
        if (token.normalized() && normalizer.normalize(token.text()).isEmpty()) {
            throw place.error("the added token " + token.text() + " is empty after normalization");
        }
    }

    /** What a file asks for that is not done. */
    static List<String> notes(JsonValue root) {
        List<String> notes = new ArrayList<>();
        for (String section : new String[] {"truncation", "padding"}) {
            if (root.optional(section) != null) {
                notes.add("the file asks for " + section + ", which encoding does not do");
            }
        }
        return notes;
    }
}
