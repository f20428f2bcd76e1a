package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.model.WeightsImportOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Folders of others whose numbers are out of proportion, and options that are. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ForeignConfigTest {
    @TempDir
    private Path folder;

    @Test
    void layersWithoutEndAreRefusedBeforeAGraphIsBuilt() throws IOException {
        config("{\"model_type\": \"llama\", \"hidden_size\": 8, \"num_attention_heads\": 2, \"vocab_size\": 4,"
                + " \"num_hidden_layers\": 2147483647, \"max_position_embeddings\": 8, \"intermediate_size\": 8}");
        refuses("num_hidden_layers: expected a whole number from 1 to 1024, but found the number 2147483647");
        config("{\"model_type\": \"gpt2\", \"n_embd\": 8, \"n_head\": 2, \"vocab_size\": 4, \"n_layer\": 1000000,"
                + " \"n_positions\": 8}");
        refuses("n_layer: expected a whole number from 1 to 1024, but found the number 1000000");
    }

    @Test
    void moreLayersThanTheWeightsHaveAreRefusedBeforeAGraphIsBuilt() throws IOException {
        config("{\"model_type\": \"llama\", \"hidden_size\": 8, \"num_attention_heads\": 2, \"vocab_size\": 4,"
                + " \"num_hidden_layers\": 1024, \"max_position_embeddings\": 8, \"intermediate_size\": 8}");
        Files.write(folder.resolve("model.safetensors"), new byte[5000]);
        refusesWithLittleMemory("has 1024 layers, but the weights beside it have only 5000 bytes");
        Files.delete(folder.resolve("model.safetensors"));
        Files.write(folder.resolve("model-00001-of-00002.safetensors"), new byte[3000]);
        Files.write(folder.resolve("model-00002-of-00002.safetensors"), new byte[3000]);
        refusesWithLittleMemory("has 1024 layers, but the weights beside it have only 6000 bytes");

        try (LanguageModel model = GPT.builder()
                .layers(1)
                .heads(1)
                .embeddingSize(4)
                .contextLength(8)
                .batchSize(2)
                .steps(1)
                .train(Corpus.ofText("abcabc".repeat(20)))) {
            model.save(folder.resolve("own"));
        }
        Path config = folder.resolve("own/config.json");
        Files.writeString(config, Files.readString(config).replace("\"layers\": 1,", "\"layers\": 1000,"));
        assertThatThrownBy(() -> LanguageModel.load(folder.resolve("own"), 1)).hasMessageContaining("has 1000 layers");
        assertThatThrownBy(() -> LanguageModel.verify(folder.resolve("own"))).hasMessageContaining("has 1000 layers");
    }

    /** A tokenizer that stands in for a missing one has the size of the vocabulary. */
    @Test
    void aVocabularyThatTheWeightsDoNotHaveIsRefusedBeforeATokenizerIsBuilt() throws IOException {
        Path qwen2 = Path.of("src/test/resources/weights/huggingface/qwen2");
        try (Stream<Path> files = Files.list(qwen2)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(String.valueOf(file.getFileName())));
            }
        }
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"vocab_size\": 29", "\"vocab_size\": 99999"));
        refusesWithLittleMemory("model.embed_tokens.weight should be");
    }

    private void refusesWithLittleMemory(String message) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> LanguageModel.importWeights(folder, WeightsImportOptions.ofFolder()))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining(message);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10 << 20);
    }

    @Test
    void widthsThatNoArrayHoldsAreRefused() throws IOException {
        config("{\"model_type\": \"gpt2\", \"n_embd\": 2147483647, \"n_head\": 1, \"vocab_size\": 4, \"n_layer\": 1,"
                + " \"n_positions\": 8}");
        refuses("gives a matrix of more than");
    }

    @Test
    void threadsWithoutEndAreRefused() {
        assertThatThrownBy(() -> LanguageModel.load(folder, 100_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("threads must be from 1 to 1024, but is 100000; leave it out");
        assertThatThrownBy(() -> BeamSearch.of(100_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("beams must be from 1 to 1024, but is 100000");
    }

    private void config(String text) throws IOException {
        Files.writeString(folder.resolve("config.json"), text);
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> LanguageModel.load(folder, 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("config.json, line 1")
                .hasMessageContaining(message);
    }
}
