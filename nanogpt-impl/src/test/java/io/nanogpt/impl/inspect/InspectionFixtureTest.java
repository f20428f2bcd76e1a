package io.nanogpt.impl.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.data.Corpus;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.cpu.Family;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.inspect.AttentionHead;
import io.nanogpt.inspect.Inspection;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Inspections against PyTorch, for every family of the fixtures. */
@Tag("any-jdk")
class InspectionFixtureTest {
    private static final int LENGTH = Family.LENGTH;
    private static final int VOCABULARY = Family.VOCABULARY;
    /** The sequence of the batch that is inspected. */
    private static final int SEQUENCE = 1;
    /** As many characters as the models have ids. */
    private static final Tokenizer TOKENIZER =
            Tokenizers.characters().train(Corpus.ofText("abcdefghijklmnopqrstuvwxyz.,;"));

    static Stream<Family> inspected() {
        return Arrays.stream(Family.values())
                .filter(family -> family.inspection().isPresent());
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void logitsAndLossesAreThoseOfPyTorch(Family family) {
        inspect(family, (inspection, expected) -> {
            float[] logits = expected.floats("logits");
            for (int t = 0; t < LENGTH; t++) {
                close("logits " + t, inspection.logits()[t], row(logits, t));
            }
            float[] losses = inspection.losses();
            assertThat(losses[0]).isNaN();
            double sum = 0;
            for (int t = 1; t < LENGTH; t++) {
                float[] before = row(logits, t - 1);
                double loss = Softmax.logSum(before)
                        - before[inspection.tokens().get(t).id()];
                assertThat((double) losses[t]).isCloseTo(loss, within(1e-4));
                sum += loss;
            }
            assertThat(inspection.meanLoss()).isCloseTo(sum / (LENGTH - 1), within(1e-4));
        });
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void attentionIsThatOfPyTorch(Family family) {
        inspect(family, (inspection, expected) -> {
            AttentionMaps maps = inspection.attention();
            assertThat(maps.layers()).isEqualTo(family.attentionLayers());
            for (int layer = 0; layer < maps.layers(); layer++) {
                float[] weights = expected.floats("attention." + layer);
                int heads = maps.heads(layer);
                for (int head = 0; head < heads; head++) {
                    for (int t = 0; t < LENGTH; t++) {
                        int from = ((SEQUENCE * heads + head) * LENGTH + t) * LENGTH;
                        close(
                                "layer " + layer + ", head " + head + ", token " + t,
                                maps.head(layer, head)[t],
                                Arrays.copyOfRange(weights, from, from + LENGTH));
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("inspected")
    void theLensIsThatOfPyTorch(Family family) {
        inspect(family, (inspection, expected) -> {
            try (SafetensorsFile values = family.inspection().orElseThrow()) {
                for (int layer = 0; layer < 2; layer++) {
                    compare("layer " + layer, inspection.lensLogits(layer), values.floats("lens." + layer));
                }
                assertThat(inspection.lensLogits(2)).isSameAs(inspection.logits());
            }
        });
    }

    @ParameterizedTest
    @MethodSource("inspected")
    void logitsWithoutHeadsAreThoseOfPyTorch(Family family) {
        inspect(family, (inspection, expected) -> {
            try (SafetensorsFile values = family.inspection().orElseThrow()) {
                for (AttentionHead head : List.of(new AttentionHead(0, 1), new AttentionHead(1, 3))) {
                    Inspection without = inspection.without(head);
                    String name = "without." + head.layer() + "." + head.head();
                    compare(name, without.logits(), values.floats(name));
                    assertThat(without.removed()).containsExactly(head);
                }
                Inspection all = inspection
                        .without(new AttentionHead(0, 0), new AttentionHead(0, 2))
                        .without(new AttentionHead(0, 3), new AttentionHead(0, 1));
                compare("all", all.logits(), values.floats("without.all"));
                assertThat(all.removed()).hasSize(4);
            }
        });
    }

    private static void inspect(Family family, BiConsumer<Inspection, SafetensorsFile> check) {
        try (CpuBackend backend = CpuBackend.open(1);
                SafetensorsFile expected = family.expected()) {
            ParameterStore parameters =
                    backend.allocate(family.architecture.graph().parameters());
            family.load(parameters);
            int[] tokens =
                    Arrays.copyOfRange(Family.ids(expected, "tokens"), SEQUENCE * LENGTH, (SEQUENCE + 1) * LENGTH);
            check.accept(
                    new InspectedModel(family.architecture, TOKENIZER, backend, parameters, Supplier::get)
                            .inspect(tokens),
                    expected);
        }
    }

    private static void compare(String name, float[][] actual, float[] expected) {
        for (int t = 0; t < LENGTH; t++) {
            close(name + ", token " + t, actual[t], row(expected, t));
        }
    }

    /** The numbers of a token of the sequence. */
    private static float[] row(float[] all, int token) {
        int from = (SEQUENCE * LENGTH + token) * VOCABULARY;
        return Arrays.copyOfRange(all, from, from + VOCABULARY);
    }

    /** Within 1e-4 of the largest magnitude. */
    private static void close(String name, float[] actual, float[] expected) {
        double largest = 0;
        double worst = 0;
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(actual[i] - (double) expected[i]));
        }
        assertThat(worst).as(name).isLessThan(1e-4 * largest);
    }
}
