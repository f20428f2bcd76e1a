package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where arrays really are tells {@code sun.misc.Unsafe}, which the library itself does without. */
class CacheLinesTest {
    /** Prints how far the first floats of some arrays are from the start of a cache line. */
    static final class Distances {
        public static void main(String[] arguments) throws ReflectiveOperationException {
            PanelMemory memory = new PanelMemory();
            System.out.println(distance(CacheLines.allocate(1_000), CacheLines.FIRST));
            System.out.println(distance(CacheLines.allocate(10_000_000), CacheLines.FIRST));
            for (int floats : List.of(1_000, 1_001, 3_000_000, 17)) {
                Panels panels = memory.allocate(floats, 64);
                System.out.println(distance(panels.values(), panels.offset()));
            }
        }

        /** With uncompressed references. */
        private static long distance(float[] array, int index) throws ReflectiveOperationException {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field field = type.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            Object unsafe = field.get(null);
            int base = (int) type.getMethod("arrayBaseOffset", Class.class).invoke(unsafe, float[].class);
            int first = (int) type.getMethod("arrayBaseOffset", Class.class).invoke(unsafe, Object[].class);
            long address = (long) type.getMethod("getLong", Object.class, long.class)
                    .invoke(unsafe, new Object[] {array}, (long) first);
            return (address + base + (long) index * Float.BYTES) % 64;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"+UseG1GC", "-UseCompressedClassPointers"})
    void arraysBeginWhereACacheLineDoes(String option) throws IOException, InterruptedException {
        FreshJvm jvm = FreshJvm.start(
                Distances.class, "-Xmx2g", "-XX:+UseG1GC", "-XX:-UseCompressedOops", "-XX:" + option, FreshJvm.MODULE);
        assertThat(jvm.output()).hasSize(6).containsOnly("0");
    }

    @Test
    void panelsDoNotOverlap() {
        PanelMemory memory = new PanelMemory();
        List<Panels> all = new ArrayList<>();
        for (int floats : List.of(100, 16, 1, 40_000, 5_000_000, 12, 700)) {
            all.add(memory.allocate(floats, 4));
            Panels panels = all.get(all.size() - 1);
            for (int i = 0; i < floats; i++) {
                assertThat(panels.values()[panels.offset() + i]).isZero();
                panels.values()[panels.offset() + i] = all.size();
            }
        }
        assertThat(all.get(1).values()[all.get(1).offset() + 15]).isEqualTo(2);
    }

    @Test
    void sizesAreRoundedUpToWholeLines() {
        assertThat(CacheLines.roundUp(0)).isZero();
        assertThat(CacheLines.roundUp(1)).isEqualTo(16);
        assertThat(CacheLines.roundUp(16)).isEqualTo(16);
        assertThat(CacheLines.length(5)).isGreaterThanOrEqualTo(5);
    }
}
