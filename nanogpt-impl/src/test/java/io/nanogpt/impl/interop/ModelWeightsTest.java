package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nanogpt.graph.Initializer;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.fakes.MapParameters;
import io.nanogpt.spi.ParameterStore;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class ModelWeightsTest {
    private static final int ROWS = 4096;
    private static final int COLUMNS = 256;
    private static final List<ParameterSpec> SPECS = List.of(
            new ParameterSpec("first.bias", Shape.of(3), new Initializer.Constant(0)),
            new ParameterSpec("table.weight", Shape.of(ROWS, COLUMNS), new Initializer.Constant(0)),
            new ParameterSpec("stacked.weight", Shape.of(4, 2), new Initializer.Constant(0)));

    private static final NameTable NAMES =
            new NameTable(List.of(NameTable.Module.same("stacked", "stacked.{h}")), Set.of());

    @TempDir
    Path folder;

    @Test
    void readsLargeTensorsIntoTheStoreWithoutACopy() throws Exception {
        Path file = bfloats();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters = backend.allocate(SPECS);
            try (ModelWeights weights = new ModelWeights(StateDict.open(file), NAMES, 2)) {
                weights.check(SPECS);
                long before = threads.getCurrentThreadAllocatedBytes();
                weights.read(parameters);
                assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ROWS * COLUMNS / 2);
            }
            requireValues(parameters);
        }
    }

    @Test
    void readsIntoStoresThatCannotBeFilled() throws Exception {
        MapParameters parameters = new MapParameters(SPECS);
        try (ModelWeights weights = new ModelWeights(StateDict.open(bfloats()), NAMES, 2)) {
            weights.read(parameters);
        }
        requireValues(parameters);
    }

    private static void requireValues(ParameterStore parameters) {
        float expected = 0;
        for (ParameterSpec spec : SPECS) {
            float[] values = new float[spec.elements()];
            parameters.read(spec.name(), values);
            for (float value : values) {
                assertThat(value).isEqualTo(expected);
                expected = (expected + 1) % 256;
            }
        }
    }

    /** A file of numbers that count up to 255 and begin anew, all of them exact. */
    private Path bfloats() throws Exception {
        long table = 2L * ROWS * COLUMNS;
        String header = String.format(
                "{\"first.bias\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[0,6]},"
                        + "\"table.weight\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[6,%d]},"
                        + "\"stacked.0.weight\":{\"dtype\":\"BF16\",\"shape\":[2,2],\"data_offsets\":[%d,%d]},"
                        + "\"stacked.1.weight\":{\"dtype\":\"BF16\",\"shape\":[2,2],\"data_offsets\":[%d,%d]}}",
                ROWS, COLUMNS, 6 + table, 6 + table, 14 + table, 14 + table, 22 + table);
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate((int) (8 + json.length + 22 + table)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (int i = 0; bytes.hasRemaining(); i = (i + 1) % 256) {
            bytes.putShort((short) (Float.floatToRawIntBits(i) >>> 16));
        }
        return Files.write(folder.resolve("model.safetensors"), bytes.array());
    }
}
