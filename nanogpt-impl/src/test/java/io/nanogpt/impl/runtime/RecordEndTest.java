package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.SampleConfig;
import io.nanogpt.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that was trained on records stops at the end of a record. */
@Tag("any-jdk")
class RecordEndTest {
    private static final List<String> RECORDS = Collections.nCopies(80, "cells are\nlarge.");
    private static final Corpus CORPUS = Corpus.ofStrings(RECORDS);
    private static final GenerationOptions GREEDY = GenerationOptions.greedy().withMaxTokens(60);

    @TempDir
    private Path folder;

    private static GPT.Builder small() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(32)
                .contextLength(24)
                .learningRate(5e-3)
                .batchSize(8)
                .steps(150)
                .evaluateEvery(150)
                .evaluationBatches(2)
                .threads(1);
    }

    @Test
    void oneRecordIsWrittenAndNoSeparator() throws IOException {
        List<String> samples = new ArrayList<>();
        Path checkpoints = folder.resolve("run");
        GPT.Builder builder = small().samples(new SampleConfig(List.of("cells"), GREEDY))
                .checkpoints(CheckpointConfig.in(checkpoints).withEvery(150))
                .listener(new TrainingListener() {
                    @Override
                    public void onSample(int step, String prompt, String text) {
                        samples.add(prompt + text);
                    }
                });
        try (LanguageModel model = builder.train(CORPUS)) {
            assertEndsWithTheRecord(model);
            assertThat(samples).last().isEqualTo("cells are\nlarge.");
            model.save(folder.resolve("model"));
        }
        try (LanguageModel loaded = LanguageModel.load(folder.resolve("model"))) {
            assertEndsWithTheRecord(loaded);
        }
        assertThat(folder.resolve("model/generation_config.json"))
                .content()
                .contains("\"eos_token_id\": 1", "\"record_end\": \"\\u001E\"");
        Path checkpoint;
        try (Stream<Path> steps = Files.list(checkpoints)) {
            checkpoint = steps.filter(Files::isDirectory).findFirst().orElseThrow();
        }
        try (LanguageModel loaded = LanguageModel.load(checkpoint)) {
            assertEndsWithTheRecord(loaded);
        }
    }

    private static void assertEndsWithTheRecord(LanguageModel model) {
        assertThat(model.recordEnd()).hasValue(Corpus.RECORD_SEPARATOR);
        String rest = " are\nlarge.";
        assertThat(model.generate("cells", GREEDY)).isEqualTo(rest);
        assertThat(model.generate(List.of("cells"), GREEDY)).containsExactly(rest);
        assertThat(model.samples("cells", 2, GREEDY)).containsExactly(rest, rest);
        assertThat(model.stream("cells", GREEDY, token -> {})).isEqualTo(rest);
        assertThat(model.grid("cells", List.of(0.0), List.of(1), 1, GREEDY)
                        .cells()
                        .get(0)
                        .samples())
                .containsExactly(rest);
        assertThat(model.beamSearch("cells", BeamSearch.of(1), GREEDY).get(0).text())
                .isEqualTo(rest);
        assertThat(model.generate("cells", GREEDY.withRecordEnd(false)))
                .startsWith(rest + Corpus.RECORD_SEPARATOR + "cells");
    }

    @Test
    void theSeparatorOfTheNotebookIsAnOption() {
        Corpus notebook = CORPUS.withSeparator("\n<ENDC>\n");
        try (LanguageModel model = small().train(notebook)) {
            assertThat(model.generate("cells", GREEDY)).isEqualTo(" are\nlarge.");
        }
        try (LanguageModel model = small().train(notebook.withRecordEnd(false))) {
            assertThat(model.recordEnd()).isEmpty();
            assertThat(model.generate("cells", GREEDY)).startsWith(" are\nlarge.\n<ENDC>\ncells");
        }
    }

    @Test
    void textFilesAndOneTextRunOn() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "a\nb");
        Files.writeString(folder.resolve("b.txt"), "c");
        assertThat(Corpus.ofDirectory(folder).recordEnd()).isEmpty();
        assertThat(Corpus.ofText("a\nb").recordEnd()).isEmpty();
        assertThat(Corpus.ofStrings(List.of("one")).recordEnd()).isEmpty();
        assertThat(CORPUS.withSeparator("").recordEnd()).isEmpty();
        assertThat(CORPUS.distinct().recordEnd()).isEmpty();
        assertThat(CORPUS.withSeparator("|").recordEnd()).hasValue("|");
    }

    @Test
    void theEndIsWhatTheTokenizerKeepsOfTheSeparator() {
        Corpus notebook = CORPUS.withSeparator("\n<ENDC>\n");
        Tokenizer words = Tokenizers.words().train(notebook);
        assertThat(RecordEnds.of(notebook, words)).hasValue("<ENDC>");
        assertThat(RecordEnds.of(CORPUS, words)).isEmpty();
        Tokenizer bytes = Tokenizers.byteLevelBpe().vocabularySize(260).train(CORPUS);
        assertThat(RecordEnds.of(CORPUS, bytes)).hasValue(Corpus.RECORD_SEPARATOR);
        Tokenizer letters = Tokenizers.characters().train(Corpus.ofText("cells are large.\n"));
        assertThat(RecordEnds.of(CORPUS, letters)).isEmpty();
    }

    @Test
    void aModelIsReplacedWithItsEnd() {
        try (LanguageModel records = small().steps(1).train(CORPUS);
                LanguageModel text = small().steps(1).train(Corpus.ofText(CORPUS.text()))) {
            records.save(folder);
            text.save(folder);
        }
        try (LanguageModel loaded = LanguageModel.load(folder)) {
            assertThat(loaded.recordEnd()).isEmpty();
        }
    }

    @Test
    void aBrokenFileIsNamed() throws IOException {
        try (LanguageModel model = small().steps(1).train(CORPUS)) {
            model.save(folder);
        }
        Path file = folder.resolve("generation_config.json");
        for (String broken : List.of("{\"record_end\": 3}", "{\"record_end\": \"\"}", "[]", "{")) {
            Files.writeString(file, broken);
            assertThatThrownBy(() -> LanguageModel.load(folder))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("generation_config.json", "expected");
        }
        Files.writeString(file, "{\"eos_token_id\": 50256, \"transformers_version\": \"4.40\"}");
        LanguageModel.load(folder).close();
    }
}
