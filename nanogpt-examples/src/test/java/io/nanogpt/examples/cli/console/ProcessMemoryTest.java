package io.nanogpt.examples.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
    @Test
    void thePeakHoldsWhatWasTaken() {
        byte[] taken = new byte[64_000_000];
        Arrays.fill(taken, (byte) 1);
        assertThat(ProcessMemory.peak().bytes()).isGreaterThan(taken.length);
        assertThat(ProcessMemory.heap().bytes()).isGreaterThan(taken.length);
        assertThat(ProcessMemory.heap().measure()).isEqualTo("Java heap");
    }
}
