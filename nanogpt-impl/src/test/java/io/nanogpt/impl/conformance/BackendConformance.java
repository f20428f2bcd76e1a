package io.nanogpt.impl.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.cpu.Family;
import io.nanogpt.impl.graph.AttentionGraph;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.graph.Packing;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.AdamW;
import io.nanogpt.train.CustomOptimizer;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The conformance suite of backends: whole models of every family against PyTorch's numbers (logits, every gradient,
 * steps of every optimizer), decoding against the whole, every operation against the CPU backend and by finite
 * differences.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendConformance {
    private static final int BATCH = Family.BATCH;
    private static final int LENGTH = Family.LENGTH;
    private static final int VOCABULARY = Family.VOCABULARY;

    /**
     * A backend under test.
     *
     * @param open opens a new instance
     */
    public record Opener(String name, Supplier<Backend> open) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The backends of the class, or the ways in which one may be opened. */
    protected abstract Stream<Opener> openers();

    /** The operations that the backend lacks; none by default. Models with these operations are skipped. */
    protected Set<OpType> unsupported() {
        return Set.of();
    }

    /** The models whose operations the backend has, forward and backward. */
    Stream<Arguments> families() {
        return openers()
                .flatMap(opener -> Arrays.stream(Family.values())
                        .filter(family -> missing(family.architecture.graph()).isEmpty())
                        .map(family -> Arguments.of(family, opener)));
    }

    Stream<Arguments> models() {
        return openers()
                .flatMap(opener -> SampleModels.all().entrySet().stream()
                        .filter(model -> missing(model.getValue()).isEmpty())
                        .map(model -> Arguments.of(model.getKey(), opener)));
    }

    /** The operations of a model and its gradient that the backend lacks. */
    private Set<OpType> missing(Graph model) {
        return Gradients.training(model).nodes().stream()
                .map(Node::type)
                .filter(unsupported()::contains)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** All of them at once, and before anything runs. */
    @ParameterizedTest
    @MethodSource("openers")
    void operationsThatItLacksAreNamed(Opener opener) {
        try (Backend backend = opener.open().get()) {
            for (Graph model : SampleModels.all().values()) {
                String[] missing = missing(model).stream().map(OpType::name).toArray(String[]::new);
                ThrowingCallable compile = () -> backend.compile(
                                Gradients.training(model), backend.allocate(model.parameters()), 1, LENGTH)
                        .close();
                if (missing.length == 0) {
                    assertThatCode(compile).doesNotThrowAnyException();
                } else {
                    assertThatThrownBy(compile)
                            .isInstanceOf(UnsupportedOperationException.class)
                            .hasMessageContainingAll(missing);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}", allowZeroInvocations = true)
    @MethodSource("families")
    void logitsAndGradientsAreThoseOfPyTorch(Family family, Opener opener) {
        try (Backend backend = opener.open().get();
                SafetensorsFile expected = family.expected()) {
            Graph graph = Gradients.training(family.architecture.graph());
            ParameterStore parameters = load(family, backend);
            close("logits", logits(family, backend, parameters, expected), expected.floats("logits"));
            try (Executable executable = feed(backend.compile(graph, parameters, BATCH, LENGTH), expected)) {
                executable.run(0);
                assertThat(executable.scalar(Graph.LOSS)).isCloseTo(expected.floats("loss")[0], within(1e-5f));
            }
            for (ParameterSpec spec : parameters.specs()) {
                float[] gradient = new float[spec.elements()];
                parameters.readGradient(spec.name(), gradient);
                close(spec.name(), gradient, family.read(expected, "grad.", spec));
            }
        }
    }

    /** Sequences of several examples, with a block-diagonal causal mask, positions of each, and ids without a target. */
    @ParameterizedTest(name = "{0}, {1}", allowZeroInvocations = true)
    @MethodSource("families")
    void lossAndGradientsOfPackedExamplesAreThoseOfPyTorch(Family family, Opener opener) {
        try (Backend backend = opener.open().get()) {
            assumeTrue(backend.supportsPacking(), "the backend packs no examples");
            assumeTrue(family.packed().isPresent(), "no packed examples of this family");
            try (SafetensorsFile given = family.expected();
                    SafetensorsFile expected = family.packed().orElseThrow()) {
                ParameterStore parameters = load(family, backend);
                Graph packed = Packing.of(family.architecture.graph());
                for (Graph graph : List.of(Gradients.loss(packed), Gradients.training(packed))) {
                    try (Executable executable = backend.compile(graph, parameters, BATCH, LENGTH)) {
                        executable.input(Graph.TOKENS, Family.ids(given, "tokens"));
                        executable.input(Graph.TARGETS, Family.ids(expected, "targets"));
                        executable.input(Graph.POSITIONS, Family.ids(expected, "positions"));
                        executable.run(0);
                        assertThat(executable.scalar(Graph.LOSS)).isCloseTo(expected.floats("loss")[0], within(1e-5f));
                    }
                }
                for (ParameterSpec spec : parameters.specs()) {
                    float[] gradient = new float[spec.elements()];
                    parameters.readGradient(spec.name(), gradient);
                    close(spec.name(), gradient, family.read(expected, "grad.", spec));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}", allowZeroInvocations = true)
    @MethodSource("families")
    void tenStepsOfAdamWAreThoseOfPyTorch(Family family, Opener opener) {
        try (Backend backend = opener.open().get();
                SafetensorsFile expected = family.expected()) {
            ParameterStore parameters = load(family, backend);
            Graph graph = Gradients.training(family.architecture.graph());
            AdamW optimizer = AdamW.defaults().withBetas(0.9, 0.95);
            float[] losses = expected.floats("losses");
            try (Executable executable = feed(backend.compile(graph, parameters, BATCH, LENGTH), expected)) {
                for (int step = 1; step <= losses.length; step++) {
                    executable.run(step);
                    assertThat(executable.scalar(Graph.LOSS)).isCloseTo(losses[step - 1], within(1e-5f));
                    double scale = Math.min(1, 1 / (parameters.gradientNorm() + 1e-6));
                    parameters.update(ParameterGroups.of(optimizer), step, 1, scale);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}", allowZeroInvocations = true)
    @MethodSource("families")
    void decodingTokenByTokenEqualsTheWhole(Family family, Opener opener) {
        try (Backend backend = opener.open().get();
                SafetensorsFile expected = family.expected();
                Decoder decoder = backend.decoder(family.architecture.graph(), load(family, backend), LENGTH)) {
            int[] tokens = Family.ids(expected, "tokens");
            float[] dense = expected.floats("logits");
            float[] logits = new float[VOCABULARY];
            for (int t = 0; t < LENGTH; t++) {
                decoder.feed(tokens, t, 1, logits);
                close("position " + t, logits, Arrays.copyOfRange(dense, t * VOCABULARY, (t + 1) * VOCABULARY));
            }
            decoder.reset();
            decoder.feed(tokens, 0, 5, logits);
            decoder.feed(tokens, 5, LENGTH - 5, logits);
            close("in pieces", logits, Arrays.copyOfRange(dense, (LENGTH - 1) * VOCABULARY, LENGTH * VOCABULARY));
        }
    }

    @ParameterizedTest(name = "{0}, {1}", allowZeroInvocations = true)
    @MethodSource("families")
    void attentionMapsAreThoseOfPyTorch(Family family, Opener opener) {
        Graph graph = AttentionGraph.of(family.architecture.graph());
        List<Node> attentions = AttentionGraph.attentions(graph);
        try (Backend backend = opener.open().get();
                SafetensorsFile expected = family.expected();
                Executable executable = backend.compile(graph, load(family, backend), BATCH, LENGTH)) {
            // Recurrent and k-gram models have no attention, and so no maps, neither here nor in PyTorch's numbers.
            assertThat(attentions).as("layers of attention").hasSize(family.attentionLayers());
            assertThat(expected.names().stream().filter(name -> name.startsWith("attention.")))
                    .hasSize(family.attentionLayers());
            executable.input(Graph.TOKENS, Family.ids(expected, "tokens"));
            executable.run(0);
            for (int layer = 0; layer < attentions.size(); layer++) {
                int heads = ((Attributes.Attention) attentions.get(layer).attributes()).heads();
                float[] actual = new float[BATCH * LENGTH * heads * LENGTH];
                executable.read(AttentionGraph.output(layer), actual);
                float[] maps = expected.floats("attention." + layer); // (B, H, T, T)
                assertThat(maps).hasSameSizeAs(actual);
                for (int i = 0; i < maps.length; i++) {
                    int sequence = i / (heads * LENGTH * LENGTH);
                    int head = i / (LENGTH * LENGTH) % heads;
                    int row = sequence * LENGTH + i / LENGTH % LENGTH;
                    assertThat(actual[(row * heads + head) * LENGTH + i % LENGTH])
                            .as("layer %d, element %d", layer, i)
                            .isCloseTo(maps[i], within(1e-5f));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}", allowZeroInvocations = true)
    @MethodSource("models")
    void gradientsAreDerivatives(String model, Opener opener) {
        try (Backend backend = opener.open().get();
                SampleRun run = sample(model, backend)) {
            assertThat(run.derivativeRatio(7)).isCloseTo(1, within(0.02));
        }
    }

    /** Dropout among them: its masks are the same numbers everywhere. */
    @ParameterizedTest(name = "{0}, {1}", allowZeroInvocations = true)
    @MethodSource("models")
    void lossAndGradientsAreThoseOfTheCpuBackend(String model, Opener opener) {
        try (Backend backend = opener.open().get();
                Backend cpu = CpuBackend.open(1);
                SampleRun run = sample(model, backend);
                SampleRun reference = sample(model, cpu)) {
            for (int step = 1; step <= 10; step++) {
                assertThat(run.loss(step)).as("loss %d", step).isCloseTo(reference.loss(step), within(1e-5f));
                if (step == 1) {
                    List<float[]> gradients = run.gradients();
                    List<float[]> expected = reference.gradients();
                    for (int i = 0; i < expected.size(); i++) {
                        close(run.parameters.specs().get(i).name(), gradients.get(i), expected.get(i));
                    }
                }
                for (SampleRun each : List.of(run, reference)) {
                    each.parameters.update(adamW(1e-4), step, 1, 1 / Math.max(1, each.parameters.gradientNorm()));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}", allowZeroInvocations = true)
    @MethodSource("models")
    void theSameRunGivesTheSameBytes(String model, Opener opener) {
        assertThat(weightsAfterThreeSteps(model, opener)).isEqualTo(weightsAfterThreeSteps(model, opener));
    }

    private static List<List<Float>> weightsAfterThreeSteps(String model, Opener opener) {
        try (Backend backend = opener.open().get();
                SampleRun run = sample(model, backend)) {
            for (int step = 1; step <= 3; step++) {
                run.loss(step);
                run.parameters.update(adamW(1e-2), step, 1, 1);
            }
            List<List<Float>> all = new ArrayList<>();
            for (float[] values : run.values()) {
                List<Float> list = new ArrayList<>();
                for (float value : values) {
                    list.add(value);
                }
                all.add(list);
            }
            return all;
        }
    }

    @ParameterizedTest
    @MethodSource("openers")
    void itAnswersForEveryOperation(Opener opener) {
        Set<OpType> tested = EnumSet.noneOf(OpType.class);
        for (Graph model : SampleModels.all().values()) {
            Gradients.training(model).nodes().forEach(node -> tested.add(node.type()));
            AttentionGraph.of(model).nodes().forEach(node -> tested.add(node.type()));
        }
        for (Family family : Family.values()) {
            Gradients.training(family.architecture.graph()).nodes().forEach(node -> tested.add(node.type()));
        }
        try (Backend backend = opener.open().get()) {
            for (OpType type : OpType.values()) {
                assertThat(backend.supports(type))
                        .as(type.name())
                        .isEqualTo(!unsupported().contains(type));
                assertThat(tested).contains(type);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("openers")
    void rowsWithoutATargetDoNotCount(Opener opener) {
        assumeTrue(missing(SampleModels.all().get("shared weights")).isEmpty(), "the backend lacks its operations");
        try (Backend backend = opener.open().get();
                SampleRun run = sample("shared weights", backend)) {
            int[] counted = {0, 3, 77, 150, 349};
            double sum = 0;
            for (int row : counted) {
                sum += lossOfRows(run, row);
            }
            assertThat(lossOfRows(run, counted)).isCloseTo((float) (sum / counted.length), withinPercentage(1e-3));
            assertThat(lossOfRows(run)).isZero();
            assertThat(run.parameters.gradientNorm()).isZero();
        }
    }

    private static float lossOfRows(SampleRun run, int... counted) {
        int[] targets = new int[SampleModels.BATCH * SampleModels.LENGTH];
        Arrays.fill(targets, -1);
        for (int row : counted) {
            targets[row] = row % SampleModels.VOCABULARY;
        }
        run.executable.input(Graph.TARGETS, targets);
        return run.loss(0);
    }

    @ParameterizedTest
    @MethodSource("openers")
    void idsOutsideOfTheVocabularyAreRefused(Opener opener) {
        assumeTrue(missing(SampleModels.all().get("shared weights")).isEmpty(), "the backend lacks its operations");
        try (Backend backend = opener.open().get();
                SampleRun run = sample("shared weights", backend)) {
            int[] ids = new int[SampleModels.BATCH * SampleModels.LENGTH];
            ids[3] = SampleModels.VOCABULARY;
            assertThatThrownBy(() -> {
                        run.executable.input(Graph.TOKENS, ids);
                        run.executable.run(0);
                    })
                    .hasStackTraceContaining("IllegalArgumentException: token id 23 is not in the vocabulary of 23");
        }
    }

    private static ParameterGroups adamW(double learningRate) {
        return ParameterGroups.of(AdamW.defaults().withLearningRate(learningRate));
    }

    private static SampleRun sample(String model, Backend backend) {
        Graph graph = Gradients.training(SampleModels.all().get(model));
        return new SampleRun(backend, graph, SampleModels.BATCH, SampleModels.LENGTH, SampleModels.VOCABULARY);
    }

    @ParameterizedTest
    @MethodSource("openers")
    void aRuleOfAUserUpdatesInPlace(Opener opener) {
        assumeTrue(missing(SampleModels.all().get("shared weights")).isEmpty(), "the backend lacks its operations");
        try (Backend backend = opener.open().get();
                SampleRun own = sample("shared weights", backend);
                SampleRun ours = sample("shared weights", backend)) {
            for (int step = 1; step <= 3; step++) {
                own.loss(step);
                ours.loss(step);
                own.parameters.update(
                        ParameterGroups.of(CustomOptimizer.of(0.1, new MomentumRule())), step, 1.0 / step, 0.5);
                ours.parameters.update(ParameterGroups.of(Sgd.of(0.1).withMomentum(0.9)), step, 1.0 / step, 0.5);
            }
            for (int i = 0; i < own.values().size(); i++) {
                ParameterSpec spec = own.parameters.specs().get(i);
                close(spec.name(), own.values().get(i), ours.values().get(i));
                float[] counted = new float[spec.elements() + 1];
                own.parameters.readMoment(spec.name(), 2, counted);
                assertThat(counted[spec.elements()]).isEqualTo(3);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("openers")
    void writtenGradientsAreUsed(Opener opener) {
        assumeTrue(missing(SampleModels.all().get("shared weights")).isEmpty(), "the backend lacks its operations");
        try (Backend backend = opener.open().get();
                SampleRun computed = sample("shared weights", backend);
                SampleRun written = sample("shared weights", backend)) {
            WrittenGradients.compare(computed, written);
        }
    }

    @TestFactory
    Stream<DynamicTest> tenStepsOfEveryOptimizerAreThoseOfPyTorch() {
        List<OptimizerCase> cases = OptimizerCase.all();
        assumeTrue(missing(Family.CAPTIONS.architecture.graph()).isEmpty(), "the backend lacks its operations");
        return openers()
                .flatMap(opener -> cases.stream()
                        .map(each ->
                                DynamicTest.dynamicTest(each.name() + " in " + each.parts() + ", " + opener, () -> {
                                    try (Backend backend = opener.open().get()) {
                                        OptimizerSteps.compare(each, backend);
                                    }
                                })));
    }

    private record RowwiseCase(String name, double clip, int parts) {}

    @TestFactory
    Stream<DynamicTest> tenStepsOfRowwiseAdagradAreThoseOfPyTorch() {
        assumeTrue(missing(Family.NGRAM_SUM.architecture.graph()).isEmpty(), "the backend lacks its operations");
        return openers()
                .flatMap(opener -> Stream.of(
                                new RowwiseCase("plain", Double.POSITIVE_INFINITY, 1),
                                new RowwiseCase("clip", 0.5, 1),
                                new RowwiseCase("accumulate", 0.5, 2))
                        .map(each -> DynamicTest.dynamicTest(each.name + ", " + opener, () -> {
                            try (Backend backend = opener.open().get()) {
                                RowwiseSteps.compare(each.name, each.clip, each.parts, backend);
                            }
                        })));
    }

    /** A store with a fixture's initial weights. */
    public static ParameterStore load(Family family, Backend backend) {
        ParameterStore parameters = backend.allocate(family.architecture.graph().parameters());
        family.load(parameters);
        return parameters;
    }

    private static float[] logits(Family family, Backend backend, ParameterStore parameters, SafetensorsFile expected) {
        try (Executable executable = backend.compile(family.architecture.graph(), parameters, BATCH, LENGTH)) {
            executable.input(Graph.TOKENS, Family.ids(expected, "tokens"));
            executable.run(0);
            float[] logits = new float[BATCH * LENGTH * VOCABULARY];
            executable.read(Graph.LOGITS, logits);
            return logits;
        }
    }

    private static Executable feed(Executable executable, SafetensorsFile expected) {
        executable.input(Graph.TOKENS, Family.ids(expected, "tokens"));
        executable.input(Graph.TARGETS, Family.ids(expected, "targets"));
        return executable;
    }

    /** Within 1e-4 of the largest magnitude; the gradient of a key's bias is zero but for rounding. */
    public static void close(String name, float[] actual, float[] expected) {
        double largest = 0;
        double worst = 0;
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(actual[i] - (double) expected[i]));
        }
        assertThat(worst).as(name).isLessThan(1e-4 * largest + 1e-8);
    }
}
