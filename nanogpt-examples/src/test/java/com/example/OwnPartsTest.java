package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.Diagnosis;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.backend.Backends;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend and an architecture of another package, through the api alone. */
@Tag("any-jdk")
class OwnPartsTest {
    private static final Corpus CORPUS =
            Corpus.ofText("the cat sat on the mat and the rat sat on the cat. ".repeat(20));
    private static final Tokenizer TOKENIZER = Tokenizers.characters().train(CORPUS);
    private static final GenerationOptions GREEDY = GenerationOptions.greedy().withMaxTokens(40);

    @TempDir
    private Path folder;

    private static LanguageModel train(String backend) {
        return Trainer.builder()
                .backend(Backends.named(backend))
                .steps(20)
                .batchSize(4)
                .evaluationBatches(1)
                .threads(1)
                .build()
                .train(new Bigram(TOKENIZER.vocabularySize(), 16), TOKENIZER, CORPUS);
    }

    @Test
    void aSavedModelOfAnOwnArchitectureIsLoaded() throws IOException {
        try (LanguageModel model = train("timed")) {
            assertThat(model.report().orElseThrow().plan().compute().backend()).startsWith("timed, cpu, ");
            assertThat(model.compute().reason()).isNotEmpty();
            model.save(folder);
            try (LanguageModel loaded = LanguageModel.load(folder)) {
                assertThat(loaded.architecture()).isInstanceOf(Bigram.class);
                assertThat(loaded.generate("the cat", GREEDY)).isEqualTo(model.generate("the cat", GREEDY));
            }
        }
        Path config = folder.resolve("config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"width\"", "\"breadth\""));
        assertThatThrownBy(() -> LanguageModel.load(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("invalid settings of architecture 'bigram': width must be a number, but is null");
        Files.writeString(config, text.replace("\"bigram\"", "\"trigram\""));
        assertThatThrownBy(() -> LanguageModel.load(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(
                        "the unsupported model_type \"trigram\"", "bigram, nanogpt-captions, nanogpt-k-gram,")
                .hasMessageContaining("io.nanogpt.spi.ArchitectureProvider");
    }

    @Test
    void ownBackendsComputeWhatTheOthersDo() {
        try (LanguageModel timed = train("timed");
                LanguageModel cpu = train("cpu")) {
            assertThat(timed.generate("the cat", GREEDY)).isEqualTo(cpu.generate("the cat", GREEDY));
        }
    }

    @Test
    void anUnknownBackendListsTheOthers() {
        assertThatThrownBy(() -> train("tpu"))
                .isInstanceOf(NanogptException.class)
                .hasMessage(
                        "no backend is named tpu; on the class path are cpu, djl, timed; add the jar that provides it");
        assertThatThrownBy(() -> Backends.named(" ")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theDoctorListsIt() {
        assertThat(Diagnosis.all())
                .contains(new Diagnosis(
                        "Backend timed", "on the class path, com.example.TimedBackendProvider", Optional.empty()))
                .anyMatch(diagnosis -> diagnosis.subject().equals("Kernels"));
    }
}
