package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import org.junit.jupiter.api.Test;

class HeapMemoryTest {
    private static final int MEGABYTE = 1 << 20;

    @Test
    void garbageCountsAsFreeAndWhatIsAliveDoesNot() {
        System.gc();
        long before = HeapMemory.availableBytes();
        long made = 0;
        for (int i = 0; i < 256; i++) {
            made += new byte[MEGABYTE / 4].length + new byte[3 * MEGABYTE / 4].length;
        }
        assertThat(made).isEqualTo(256L * MEGABYTE);
        assertThat(HeapMemory.availableBytes()).isGreaterThan(before - 128L * MEGABYTE);
        byte[] alive = new byte[256 * MEGABYTE];
        try {
            System.gc();
            assertThat(HeapMemory.availableBytes()).isLessThan(before - 192L * MEGABYTE);
        } finally {
            Reference.reachabilityFence(alive);
        }
    }
}
