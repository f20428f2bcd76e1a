package io.nanogpt.impl.interop;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.fakes.MapParameters;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.model.Architecture;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A program that saves one of several models to a folder again and again, until it is killed. */
public final class FolderWriter {
    static final Architecture ARCHITECTURE = Models.captions(Models.captions(2, 2, 8, 6, 3), 0.25f);
    static final List<ParameterSpec> SPECS = ARCHITECTURE.graph().parameters();

    private FolderWriter() {}

    /** The letters of a model's tokenizer: {@code abc} for 0, {@code bcd} for 1, and so on. */
    static String letters(int model) {
        return "abcdefghij".substring(model, model + 3);
    }

    static Tokenizer tokenizer(int model) {
        return CharacterTokenizer.train(letters(model), UnknownCharacters.ERROR);
    }

    /** Whether a model has a {@code generation_config.json}. */
    static boolean hasRecordEnd(int model) {
        return model % 2 == 1;
    }

    static void save(Path folder, int model) {
        new ModelFolder(folder)
                .write(
                        ARCHITECTURE,
                        Optional.empty(),
                        tokenizer(model),
                        new MapParameters(SPECS).fill(model),
                        new ModelFolder.About(
                                Optional.empty(),
                                hasRecordEnd(model) ? Optional.of(letters(model).substring(1)) : Optional.empty()));
    }

    /** Saves a model and says so, again and again. */
    public static void main(String[] arguments) {
        while (true) {
            save(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
            System.out.println("saved");
        }
    }
}
