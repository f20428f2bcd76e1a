package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.generate.BeamSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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
        refuses("layers must be from 1 to 1024, but is 2147483647");
        config("{\"model_type\": \"gpt2\", \"n_embd\": 8, \"n_head\": 2, \"vocab_size\": 4, \"n_layer\": 1000000,"
                + " \"n_positions\": 8}");
        refuses("layers must be from 1 to 1024, but is 1000000");
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
