package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.model.Preset;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport.StopReason;
import io.nanogpt.train.TrainingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class LoadIfPresentTest {
    private static final Corpus CORPUS = Corpus.ofText("the tumour cells are large. ".repeat(60));

    @TempDir
    private Path temporary;

    private GPT.Builder small() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .batchSize(4)
                .steps(6)
                .evaluationBatches(2)
                .threads(1)
                .loadIfPresent(folder());
    }

    private Path folder() {
        return temporary.resolve("model");
    }

    private void save() {
        small().train(CORPUS).close();
    }

    @Test
    void aFileInPlaceOfTheFolderIsRefusedBeforeTheRun() throws IOException {
        Files.writeString(folder(), "a file");
        GPT.Builder builder = small().listener(new TrainingListener() {
            @Override
            public void onStart(TrainingPlan plan) {
                throw new AssertionError("the run began");
            }
        });
        assertThatThrownBy(() -> builder.train(CORPUS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("loadIfPresent needs a folder, but " + folder() + " is a file");
    }

    @Test
    void otherSettingsAreRefusedByName() {
        save();
        assertRefused(small().seed(9), "seed was 1337 and is 9");
        assertRefused(small().layers(2), "layers was 1 and is 2");
        assertRefused(small().contextLength(16), "contextLength was 8 and is 16");
        assertRefused(small().steps(7), "steps was 6 and is 7");
        assertRefused(small().learningRate(0.1).seed(2), "learningRate was 0.001 and is 0.1", "seed was 1337 and is 2");
        assertRefused(small().schedule(Schedule.cosine(2, 0)), "schedule was constant and is cosine");
        assertRefused(small().gradientClip(1), "gradientClip was not set and is 1");
        GPT.Builder lstm = GPT.builder().model(Preset.LSTM.config()).loadIfPresent(folder());
        assertRefused(lstm, "architecture was nanogpt-transformer and is nanogpt-lstm");
        Tokenizer other = Tokenizers.characters().train(Corpus.ofText("the tumour cells are large? "));
        assertRefused(small().tokenizer(other), "its tokenizer (14 ids) is not the given one (14 ids)");
        small().train(CORPUS).close();
        small().tokenizer(Tokenizers.characters().train(CORPUS)).train(CORPUS).close();
    }

    private static void assertRefused(GPT.Builder builder, String... differences) {
        assertThatThrownBy(() -> builder.train(CORPUS))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(differences)
                .hasMessageContainingAll("was trained with other settings", "LanguageModel.load");
    }

    @Test
    void aFolderOfAnOlderVersionLoadsAndIsComparedByItsConfiguration() throws IOException {
        save();
        Files.delete(folder().resolve("training_report.json"));
        try (LanguageModel model = LanguageModel.load(folder())) {
            assertThat(model.report()).isEmpty();
        }
        small().seed(9).train(CORPUS).close();
        assertThatThrownBy(() -> small().layers(2).train(CORPUS))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("was 1 and is 2");
    }

    @Test
    void aRunThatIsInterruptedIsNotSavedAndGoesOn() throws IOException {
        GPT.Builder interrupted = checkpointed().listener(interruptAfter(3));
        try (LanguageModel part = interrupted.train(CORPUS)) {
            assertThat(part.report().orElseThrow().reason()).isEqualTo(StopReason.INTERRUPTED);
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(folder()).doesNotExist();
        try (LanguageModel whole = checkpointed().train(CORPUS)) {
            assertThat(whole.report().orElseThrow().plan().firstStep()).isEqualTo(4);
            assertThat(whole.report().orElseThrow().steps()).isEqualTo(6);
        }
        try (Stream<Path> files = Files.list(folder())) {
            assertThat(files).isNotEmpty();
        }
    }

    private GPT.Builder checkpointed() {
        return small().checkpoints(CheckpointConfig.in(temporary.resolve("run")).withResume(true));
    }

    @Test
    void anInterruptedModelThatWasSavedByHandIsRefused() {
        try (LanguageModel part = small().listener(interruptAfter(3)).train(CORPUS)) {
            assertThat(Thread.interrupted()).isTrue();
            part.save(folder());
        }
        assertThatThrownBy(() -> small().train(CORPUS))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("was interrupted after step 3 of 6", "LanguageModel.load");
        LanguageModel.load(folder()).close();
    }

    private static TrainingListener interruptAfter(int step) {
        return new TrainingListener() {
            @Override
            public void onStep(TrainingStep taken) {
                if (taken.number() == step) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }
}
