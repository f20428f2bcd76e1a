package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VectorRegistersTest {
    @Test
    void x86HasSixteenBeforeAvx512() {
        assertThat(VectorRegisters.count(256, "amd64", "2")).isEqualTo(16);
        assertThat(VectorRegisters.count(128, "x86_64", "1")).isEqualTo(16);
        assertThat(VectorRegisters.count(256, "amd64", "")).isEqualTo(16);
    }

    @Test
    void avx512HasThirtyTwoAtEveryWidth() {
        assertThat(VectorRegisters.count(512, "amd64", "3")).isEqualTo(32);
        assertThat(VectorRegisters.count(512, "amd64", "")).isEqualTo(32);
        assertThat(VectorRegisters.count(128, "amd64", "3")).isEqualTo(32);
    }

    @Test
    void armHasThirtyTwo() {
        assertThat(VectorRegisters.count(128, "aarch64", "")).isEqualTo(32);
    }
}
