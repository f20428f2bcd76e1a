package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.data.Corpus;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.impl.fakes.PieceTokenizer;
import io.nanogpt.impl.graph.Head;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.random.CounterRandom;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.LstmConfig;
import io.nanogpt.spi.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Embeddings are means of the states from which the model computes its logits. */
class EmbeddingTest {
    private static final PieceTokenizer LETTERS = PieceTokenizer.characters("abcdefghijklmnopqrstuvwxyz .");
    private static final int CONTEXT = 20;

    static Stream<Architecture> architectures() {
        int vocabulary = LETTERS.vocabularySize();
        return Stream.of(
                Models.captions(Models.captions(2, 2, 32, CONTEXT, vocabulary), 0.1),
                Zoo.create(Models.captions(1, 2, 16, CONTEXT, vocabulary)
                        .tiedHead(true)
                        .build()),
                Zoo.create(new LstmConfig(1, 16, 24, CONTEXT, vocabulary)));
    }

    /** A model with random weights, and the store that it has them in. */
    private record Opened(LanguageModel model, ParameterStore parameters) implements AutoCloseable {
        static Opened of(Architecture architecture, int threads) {
            CpuBackend backend = CpuBackend.open(threads);
            ParameterStore parameters = backend.allocate(architecture.graph().parameters());
            for (ParameterSpec spec : parameters.specs()) {
                float[] values = new float[spec.elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) CounterRandom.uniform(spec.name().hashCode(), i) - 0.5f;
                }
                parameters.write(spec.name(), values);
            }
            return new Opened(
                    new BackendLanguageModel(architecture, LETTERS, backend, parameters, ModelFolder.About.none()),
                    parameters);
        }

        /** The logits of a hidden state, by the weights of the head. */
        double[] logits(float[] hidden) {
            Graph graph = model.architecture().graph();
            Node head = Head.of(graph);
            float[] weight = read(graph.node(head.input(1)).name());
            double[] logits = new double[LETTERS.vocabularySize()];
            if (head.inputs().size() > 2) {
                float[] bias = read(graph.node(head.input(2)).name());
                Arrays.setAll(logits, id -> bias[id]);
            }
            for (int id = 0; id < logits.length; id++) {
                for (int feature = 0; feature < hidden.length; feature++) {
                    logits[id] += (double) weight[id * hidden.length + feature] * hidden[feature];
                }
            }
            return logits;
        }

        private float[] read(String name) {
            ParameterSpec spec = parameters.specs().stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            float[] values = new float[spec.elements()];
            parameters.read(name, values);
            return values;
        }

        @Override
        public void close() {
            model.close();
        }
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void theHeadMakesTheMeanOfTheLogitsOfTheMeanOfTheStates(Architecture architecture) {
        try (Opened opened = Opened.of(architecture, 1)) {
            String text = "stained with blue";
            int[] ids = LETTERS.encode(text);
            double[] mean = new double[LETTERS.vocabularySize()];
            for (int size = 1; size <= ids.length; size++) {
                float[] logits = opened.model().logits(Arrays.copyOf(ids, size));
                for (int id = 0; id < mean.length; id++) {
                    mean[id] += logits[id] / (double) ids.length;
                }
            }
            assertThat(opened.logits(opened.model().embed(text))).containsExactly(mean, within(1e-4));
        }
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void aTextHasTheSameBitsInAnyCompany(Architecture architecture) {
        Random random = new Random(1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            texts.add("the cat sat on a mat. it saw a dog. they ran away together."
                    .substring(0, 1 + random.nextInt(3 * CONTEXT - 2)));
        }
        List<float[]> alone;
        try (Opened opened = Opened.of(architecture, 1)) {
            alone = texts.stream().map(opened.model()::embed).toList();
        }
        try (Opened opened = Opened.of(architecture, 2)) {
            List<float[]> together = opened.model().embed(texts);
            for (int i = 0; i < texts.size(); i++) {
                assertThat(together.get(i)).as(texts.get(i)).containsExactly(alone.get(i));
            }
        }
    }

    @Test
    void aLongTextIsCutIntoWindows() {
        try (Opened opened = Opened.of(architectures().findFirst().orElseThrow(), 1)) {
            String first = "abcdefghijklmnopqrst";
            String second = "zyxwvutsrq";
            float[] one = opened.model().embed(first);
            float[] other = opened.model().embed(second);
            float[] both = opened.model().embed(first + second);
            IntStream.range(0, both.length)
                    .forEach(i -> assertThat(both[i]).isCloseTo((20 * one[i] + 10 * other[i]) / 30, within(1e-5f)));
        }
    }

    @Test
    void whatHasNoEmbeddingIsRefused() {
        try (Opened opened = Opened.of(architectures().findFirst().orElseThrow(), 1)) {
            assertThat(opened.model().embed(List.<String>of())).isEmpty();
            assertThatThrownBy(() -> opened.model().embed(""))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "text 0 (counted from 0) has no token, so it has no embedding; give at least one character");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> opened.model().embed("a")).isInstanceOf(NanogptInterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        try (LanguageModel counts = LanguageModel.ngram(Corpus.ofText("a cat and a mat"), LETTERS, 2)) {
            assertThatThrownBy(() -> counts.embed("a"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("has no embeddings; load one with LanguageModel.load");
        }
    }
}
