package io.nanogpt.server;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;

/** A small model to serve. */
final class Trained {
    private static final String TEXT = "the cat sat on the mat. a dog saw the cat, and ran to the mat. ".repeat(30)
            + "0123456789 {}[]\":,\nUser:\nAssistant:\nSystem:\n";

    private Trained() {}

    /** A model that knows the characters of JSON and of the words above. */
    static LanguageModel model() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(32)
                .contextLength(48)
                .training(settings -> settings.steps(60))
                .train(Corpus.ofText(TEXT));
    }
}
