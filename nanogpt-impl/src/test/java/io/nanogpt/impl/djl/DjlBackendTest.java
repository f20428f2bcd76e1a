package io.nanogpt.impl.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.NanogptException;
import io.nanogpt.backend.BackendChoice;
import io.nanogpt.backend.Backends;
import io.nanogpt.backend.Backends.MatrixPrecision;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.conformance.BackendConformance;
import io.nanogpt.impl.conformance.SampleModels;
import io.nanogpt.impl.conformance.SampleRun;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.cpu.Family;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.ParameterGroups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DJL's backend beyond conformance: several devices, garbage collection, precision, optimizer state. */
@EnabledOnOs(
        value = OS.LINUX,
        architectures = "amd64",
        disabledReason = "PyTorch is on the class path for Linux on x86-64")
@Tag("any-jdk")
class DjlBackendTest {
    private static final BackendChoice.Djl CPU = Backends.djl().withDevice("cpu");

    /** Each device draws the dropout of its own rows, and gradients are added in the order of the devices. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void severalDevicesComputeWhatOneDoes(int count) {
        BackendChoice.Djl several =
                CPU.withDevices(Collections.nCopies(count, "cpu").toArray(String[]::new));
        List<Float> one = losses(CPU, "dropout");
        List<Float> more = losses(several, "dropout");
        for (int step = 0; step < one.size(); step++) {
            assertThat(more.get(step)).as("loss %d", step).isCloseTo(one.get(step), within(1e-5f));
        }
        assertThat(losses(several, "dropout")).isEqualTo(more);
    }

    @Test
    void severalDevicesReturnTheRowsOfOne() {
        Graph graph = SampleModels.all().get("sinusoids");
        float[] one = logits(CPU, graph);
        float[] two = logits(CPU.withDevices("cpu", "cpu"), graph);
        BackendConformance.close("logits", two, one);
    }

    private static float[] logits(BackendChoice.Djl choice, Graph graph) {
        try (Backend backend = DjlBackend.open(choice, 1)) {
            ParameterStore parameters =
                    new SampleRun(backend, Gradients.training(graph), 5, 9, SampleModels.VOCABULARY).parameters;
            Executable executable = backend.compile(graph, parameters, 5, 9);
            int[] tokens = new int[45];
            Arrays.setAll(tokens, i -> i % SampleModels.VOCABULARY);
            executable.input(Graph.TOKENS, tokens);
            executable.run(0);
            float[] logits = new float[45 * SampleModels.VOCABULARY];
            executable.read(Graph.LOGITS, logits);
            return logits;
        }
    }

    /** Results stay the same to the bit under constant garbage collection and with unclosed arrays. */
    @Test
    void collectionsOfGarbageChangeNothing() throws InterruptedException {
        List<Float> expected = losses(CPU, "dropout");
        AtomicBoolean done = new AtomicBoolean();
        Thread collector = new Thread(() -> {
            while (!done.get()) {
                System.gc();
                // Else the collections would leave the run hardly any time.
                LockSupport.parkNanos(1_000_000);
            }
        });
        collector.start();
        try {
            for (int round = 0; round < 2; round++) {
                assertThat(losses(CPU, "dropout")).isEqualTo(expected);
            }
        } finally {
            done.set(true);
            collector.join();
        }
    }

    private static List<Float> losses(BackendChoice.Djl choice, String model) {
        try (Backend backend = DjlBackend.open(choice, 1)) {
            SampleRun run = new SampleRun(
                    backend,
                    Gradients.training(SampleModels.all().get(model)),
                    SampleModels.BATCH,
                    SampleModels.LENGTH,
                    SampleModels.VOCABULARY);
            List<Float> losses = new ArrayList<>();
            for (int step = 1; step <= 8; step++) {
                losses.add(run.loss(step));
                run.parameters.update(ParameterGroups.of(AdamW.defaults()), step, 1, 1);
            }
            return losses;
        }
    }

    /** Rounded products are near the exact ones, but not equal. */
    @Test
    void halfProductsAreRounded() {
        List<Float> exact = losses(CPU, "wide");
        List<Float> rounded = losses(CPU.withPrecision(MatrixPrecision.BF16), "wide");
        assertThat(rounded).isNotEqualTo(exact);
        for (int step = 0; step < exact.size(); step++) {
            assertThat(rounded.get(step)).isCloseTo(exact.get(step), within(0.05f));
        }
    }

    @Test
    void momentsAndWeightsGoOnFromWhereTheyWereRead() {
        Graph graph = Gradients.training(Family.CAPTIONS.architecture.graph());
        try (Backend backend = DjlBackend.open(CPU, 1);
                Backend cpu = CpuBackend.open(1)) {
            SampleRun first = new SampleRun(backend, graph, 3, 12, Family.VOCABULARY);
            first.loss(1);
            first.parameters.update(ParameterGroups.of(AdamW.defaults()), 1, 1, 1);
            SampleRun second = new SampleRun(cpu, graph, 3, 12, Family.VOCABULARY);
            first.parameters.specs().forEach(spec -> {
                float[] numbers = new float[spec.elements()];
                first.parameters.read(spec.name(), numbers);
                second.parameters.write(spec.name(), numbers);
                for (int order = 1; order <= 2; order++) {
                    first.parameters.readMoment(spec.name(), order, numbers);
                    second.parameters.writeMoment(spec.name(), order, numbers);
                }
            });
            ParameterGroups decaying = ParameterGroups.of(AdamW.defaults().withDecay(AdamW.Decay.MATRICES));
            for (int step = 2; step <= 5; step++) {
                assertThat(second.loss(step)).isCloseTo(first.loss(step), within(1e-5f));
                first.parameters.update(decaying, step, 1, 0.5);
                second.parameters.update(decaying, step, 1, 0.5);
            }
        }
    }

    @Test
    void anUpdateWithoutRateAndScaleChangesNothing() {
        try (Backend backend = DjlBackend.open(CPU, 1)) {
            SampleRun run = new SampleRun(
                    backend, Gradients.training(Family.CAPTIONS.architecture.graph()), 3, 12, Family.VOCABULARY);
            float before = run.loss(1);
            run.parameters.update(ParameterGroups.of(AdamW.defaults().withWeightDecay(0)), 1, 0, 0);
            assertThat(run.loss(1)).isEqualTo(before);
        }
    }

    /** Their native memory is freed at once and not when the garbage collector comes. */
    @Test
    void closedDecodersAndExecutablesAreGone() {
        try (Backend backend = DjlBackend.open(CPU, 1)) {
            ParameterStore parameters = BackendConformance.load(Family.CAPTIONS, backend);
            Graph graph = Family.CAPTIONS.architecture.graph();
            Decoder decoder = backend.decoder(graph, parameters, 4);
            float[] logits = new float[Family.VOCABULARY];
            decoder.feed(new int[] {1}, 0, 1, logits);
            decoder.close();
            decoder.close();
            assertThatThrownBy(() -> decoder.feed(new int[] {1}, 0, 1, logits))
                    .isInstanceOf(IllegalStateException.class);
            Executable executable = backend.compile(graph, parameters, 1, 4);
            executable.input(Graph.TOKENS, new int[] {1, 2, 3, 4});
            executable.run(0);
            executable.close();
            executable.close();
            assertThatThrownBy(() -> executable.run(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void decodersRunAtOnceAndRefuseWhatDoesNotFit() {
        try (Backend backend = DjlBackend.open(CPU, 1)) {
            ParameterStore parameters = BackendConformance.load(Family.CAPTIONS, backend);
            Graph graph = Family.CAPTIONS.architecture.graph();
            Decoder decoder = backend.decoder(graph, parameters, 4);
            List<float[]> all = IntStream.range(0, 4)
                    .parallel()
                    .mapToObj(i -> {
                        float[] logits = new float[Family.VOCABULARY];
                        backend.decoder(graph, parameters, 4).feed(new int[] {1, 2, 3}, 0, 3, logits);
                        return logits;
                    })
                    .toList();
            assertThat(all).allSatisfy(logits -> assertThat(logits).isEqualTo(all.get(0)));
            assertThatThrownBy(() -> decoder.feed(new int[5], 0, 5, new float[Family.VOCABULARY]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cache of 4");
            assertThatThrownBy(() -> decoder.feed(new int[] {-1}, 0, 1, new float[Family.VOCABULARY]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("token id -1");
        }
    }

    @Test
    void missingDevicesFailBeforeAnythingIsComputed() {
        if (DjlBackend.findsGpu()) {
            return;
        }
        assertThatThrownBy(() -> DjlBackend.open(CPU.withDevice("cuda:1"), 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("cuda:1 was requested")
                .hasMessageContaining("PYTORCH_LIBRARY_PATH");
        assertThatThrownBy(() -> DjlBackend.open(CPU.withPrecision(MatrixPrecision.TF32), 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("only GPUs");
        assertThatThrownBy(() -> CPU.withDevice("tpu")).hasMessageContaining("no device is named tpu");
        assertThatThrownBy(() -> CPU.withDevices("auto", "cpu")).hasMessageContaining("no device is named auto");
    }
}
