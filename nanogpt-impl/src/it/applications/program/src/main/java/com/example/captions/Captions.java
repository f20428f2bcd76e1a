package com.example.captions;

import io.nanogpt.Diagnosis;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import java.nio.file.Path;
import java.util.List;

/** Trains a model, saves it in the given folder, loads it, and generates the same text with both. */
public final class Captions {
    private Captions() {}

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        GenerationOptions greedy = GenerationOptions.greedy().withMaxTokens(20);
        String trained;
        try (LanguageModel model = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(32)
                .contextLength(8)
                .steps(30)
                .train(Corpus.ofStrings(List.of(
                        "a small biopsy of the colon", "a large section of skin", "the stained slide shows colon")))) {
            trained = model.generate("a ", greedy);
            model.save(folder);
        }
        try (LanguageModel model = LanguageModel.load(folder)) {
            String loaded = model.generate("a ", greedy);
            if (!loaded.equals(trained)) {
                throw new AssertionError("trained: " + trained + ", but loaded: " + loaded);
            }
        }
        for (Diagnosis diagnosis : Diagnosis.all()) {
            System.out.println(diagnosis.subject() + ": " + diagnosis.finding());
        }
        System.out.println("Module: " + GPT.class.getModule().getName());
        System.out.println("Caption: " + trained);
    }
}
