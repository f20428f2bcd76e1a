package io.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.data.Records;
import io.nanogpt.model.Preset;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class GPTBuilderTest {
    @Test
    void aModelAndTheShapeOfAGptExcludeEachOther() {
        List<Consumer<GPT.Builder>> shapes = List.of(
                gpt -> gpt.layers(2),
                gpt -> gpt.heads(2),
                gpt -> gpt.embeddingSize(32),
                gpt -> gpt.contextLength(16),
                gpt -> gpt.dropout(0.1));
        for (Consumer<GPT.Builder> shape : shapes) {
            GPT.Builder shaped = GPT.builder();
            shape.accept(shaped);
            assertThatThrownBy(() -> shaped.model(Preset.LSTM.config()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("that model(...) replaces");
            GPT.Builder model = GPT.builder().model(Preset.LSTM.config());
            assertThatThrownBy(() -> shape.accept(model))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("model(...) and recipe(...) replace");
        }
    }

    @Test
    void tokensNeedTheirTokenizer() {
        Records records = Records.of(List.of(new int[] {1, 2}));
        assertThatThrownBy(() -> GPT.builder().train(records, records))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("set it with tokenizer(...)");
    }

    @Test
    void theSettingsOfARunAreThoseOfATrainer() {
        TrainingConfig config = GPT.builder()
                .batchSize(3)
                .steps(7)
                .accumulate(2)
                .schedule(Schedule.linear(2, 0))
                .checkpoints(CheckpointConfig.in(Path.of("run")))
                .training(settings -> settings.seed(4).learningRate(0.5))
                .config();
        assertThat(config.batchSize()).isEqualTo(3);
        assertThat(config.stopping().steps()).isEqualTo(7);
        assertThat(config.optimization().accumulate()).isEqualTo(2);
        assertThat(config.optimization().learningRate(2, 7)).isEqualTo(0.5);
        assertThat(config.checkpoints()).hasValue(CheckpointConfig.in(Path.of("run")));
        assertThat(config.seed()).isEqualTo(4);
    }
}
