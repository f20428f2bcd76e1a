package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LibraryVersionTest {
    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(ModelFolder.version())
                .isEqualTo(System.getProperty("nanogpt.test.version"))
                .isNotBlank();
    }
}
