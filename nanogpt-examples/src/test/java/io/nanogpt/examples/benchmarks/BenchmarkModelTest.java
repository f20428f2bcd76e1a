package io.nanogpt.examples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.LanguageModel;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.spi.Backend;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class BenchmarkModelTest {
    @TempDir
    private Path folder;

    @Test
    void theFileForLlamaHasTheModelThatIsTimed() {
        Path file = folder.resolve("model.gguf");
        int[] ids = {3, 1, 4, 1, 5};
        try (Backend cpu = CpuBackend.open(1);
                BenchmarkModel model = BenchmarkModel.ofLlama(cpu, BenchmarkModel.Size.CAPTIONS)) {
            model.exportGguf(file);
            float[] logits = new float[model.vocabularySize()];
            model.decoder().feed(ids, 0, ids.length, logits);
            try (LanguageModel loaded = LanguageModel.load(file)) {
                assertThat(loaded.logits(ids)).hasSize(256).isEqualTo(logits);
            }
        }
    }

    @Test
    void aModelThatLlamaDoesNotHaveIsRefused() {
        try (Backend cpu = CpuBackend.open(1)) {
            assertThatThrownBy(() -> BenchmarkModel.ofLlama(cpu, BenchmarkModel.Size.K_GRAM_CONV))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("--gguf needs a --preset that is a transformer, but is k-gram-conv");
        }
    }
}
