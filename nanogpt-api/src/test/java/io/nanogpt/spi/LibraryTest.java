package io.nanogpt.spi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The tests of this module run without an implementation, as a user's program that lacks the dependency does. */
class LibraryTest {
    @Test
    void withoutAnImplementationEveryCallNamesTheArtifact() {
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(Library::get)
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("io.nanogpt:nanogpt-impl");
            assertThatThrownBy(() -> Corpus.ofJson(Path.of("captions.json")))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("io.nanogpt:nanogpt-impl");
            assertThatThrownBy(() -> Tokenizers.load(Path.of("tokenizer.json")))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContaining("io.nanogpt:nanogpt-impl");
        }
    }
}
