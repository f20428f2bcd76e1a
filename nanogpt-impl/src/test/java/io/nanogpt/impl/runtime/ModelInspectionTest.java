package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.Token;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.cpu.Family;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.inspect.AttentionHead;
import io.nanogpt.inspect.Candidate;
import io.nanogpt.inspect.Inspection;
import io.nanogpt.inspect.Inspection.Part;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inspections through the api. */
@Tag("any-jdk")
class ModelInspectionTest {
    private static final Tokenizer TOKENIZER =
            Tokenizers.characters().train(Corpus.ofText("abcdefghijklmnopqrstuvwxyz.,;"));
    private static final String TEXT = "the cat, the".replace(" ", ".");

    @TempDir
    private Path folder;

    private static LanguageModel model(Family family) {
        return NanogptLibrary.open(CpuBackend.open(1), backend -> {
            ParameterStore parameters =
                    backend.allocate(family.architecture.graph().parameters());
            family.load(parameters);
            return new BackendLanguageModel(
                    family.architecture, TOKENIZER, backend, parameters, ModelFolder.About.none());
        });
    }

    @Test
    void itHasTheTokensAndTheLogitsOfTheModel() {
        try (LanguageModel model = model(Family.LLAMA)) {
            Inspection inspection = model.inspect(TEXT);
            assertThat(inspection.tokens()).extracting(Token::text).containsExactly(TEXT.split(""));
            assertThat(inspection.skipped()).isZero();
            float[] logits = model.logits(TOKENIZER.encode(TEXT));
            List<Candidate> next = inspection.next(3);
            assertThat(next)
                    .isSortedAccordingTo(
                            Comparator.comparingDouble(Candidate::probability).reversed());
            assertThat(next.get(0).text())
                    .isEqualTo(TOKENIZER.decode(next.get(0).id()));
            for (int id = 0; id < logits.length; id++) {
                assertThat(logits[id]).isLessThanOrEqualTo(logits[next.get(0).id()]);
            }
            assertThat(inspection.next(1000).stream()
                            .mapToDouble(Candidate::probability)
                            .sum())
                    .isCloseTo(1, within(1e-6));
            assertThat(inspection.meanLoss()).isCloseTo(model.evaluate(TEXT).loss(), within(1e-4));
            assertThat((double) inspection.attention()
                            .nextProbabilities()[next.get(1).id()])
                    .isCloseTo(next.get(1).probability(), within(1e-6));
        }
    }

    @Test
    void onlyTheEndOfALongTextIsInspected() {
        try (LanguageModel model = model(Family.CAPTIONS)) {
            Inspection inspection = model.inspect("abcd" + TEXT);
            assertThat(inspection.skipped()).isEqualTo(4);
            assertThat(inspection.tokens()).extracting(Token::text).containsExactly(TEXT.split(""));
            assertThat(inspection.losses()).isEqualTo(model.inspect(TEXT).losses());
        }
    }

    @Test
    void theLastLayerOfTheLensIsTheModelAndTheFirstIsNot() {
        try (LanguageModel model = model(Family.GPT2)) {
            Inspection inspection = model.inspect(TEXT);
            assertThat(inspection.lens(2, 4).get(11)).isEqualTo(inspection.next(4));
            assertThat(inspection.lens(0, 4).get(11)).isNotEqualTo(inspection.next(4));
            assertThatThrownBy(() -> inspection.lens(3, 1))
                    .hasMessageContaining("layers run from 0, the embeddings, to 2");
        }
    }

    @Test
    void theMapsOfOneLayerAreThoseOfAllLayers() {
        try (LanguageModel model = model(Family.LLAMA)) {
            Inspection inspection = model.inspect(TEXT).without(new AttentionHead(0, 1));
            float[][][] alone = inspection.attention(1);
            assertThat(alone).isDeepEqualTo(inspection.attention().layer(1));
            assertThat(inspection.attention(1)).isSameAs(inspection.attention().layer(1));
            assertThatThrownBy(() -> model.inspect(TEXT).attention(2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("layers run from 0 to 1");
        }
    }

    @Test
    void headsAreCheckedAndStayRemoved() {
        try (LanguageModel model = model(Family.LLAMA)) {
            Inspection inspection = model.inspect(TEXT);
            Inspection without = inspection.without(new AttentionHead(1, 0));
            assertThat(without.logits()[11]).isNotEqualTo(inspection.logits()[11]);
            // The first layer is before the head.
            assertThat(without.attention().layer(0))
                    .isDeepEqualTo(inspection.attention().layer(0));
            assertThat(without.lensLogits(1)).isDeepEqualTo(inspection.lensLogits(1));
            assertThat(without.without().removed()).containsExactly(new AttentionHead(1, 0));
            assertThatThrownBy(() -> inspection.without(new AttentionHead(2, 0)))
                    .hasMessageContaining("layers run from 0 to 1");
            assertThatThrownBy(() -> inspection.without(new AttentionHead(0, 4)))
                    .hasMessageContaining("heads run from 0 to 3");
        }
    }

    @Test
    void inductionScoresAreWeights() {
        try (LanguageModel model = model(Family.MODERN)) {
            float[][] scores = model.inspect("a").inductionScores(1);
            assertThat(scores).hasDimensions(2, 4);
            for (float[] layer : scores) {
                for (float score : layer) {
                    assertThat(score).isBetween(0f, 1f);
                }
            }
            assertThat(model.inspect("b").inductionScores(1)).isDeepEqualTo(scores);
            assertThat(model.inspect("b").inductionScores(2)[0]).isNotEqualTo(scores[0]);
        }
    }

    @Test
    void aModelWithoutAttentionNamesWhatItLacks() {
        try (LanguageModel model = model(Family.LSTM)) {
            Inspection inspection = model.inspect(TEXT);
            assertThat(inspection.unsupported(Part.EMBEDDINGS)).isEmpty();
            assertThat(inspection.neighbours(3, 2)).hasSize(2);
            for (Part part : List.of(Part.ATTENTION, Part.LENS, Part.ABLATION)) {
                assertThat(inspection.unsupported(part).orElseThrow()).contains("no attention");
            }
            assertThatThrownBy(() -> inspection.without(new AttentionHead(0, 0)))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("no heads that could be left out");
            assertThatThrownBy(() -> inspection.inductionScores(1)).hasMessageContaining("has no attention");
            assertThat(inspection.next(1)).hasSize(1);
        }
        try (LanguageModel model = model(Family.K_GRAM_ONEHOT)) {
            Inspection inspection = model.inspect(TEXT);
            assertThatThrownBy(inspection::embeddingMap).hasMessageContaining("no table of embeddings");
        }
    }

    @Test
    void anExportedModelShowsItsPredictions() {
        try (LanguageModel model = model(Family.CAPTIONS)) {
            model.exportOnnx(folder);
            Inspection expected = model.inspect(TEXT);
            try (LanguageModel exported = LanguageModel.loadOnnx(folder)) {
                Inspection inspection = exported.inspect(TEXT);
                assertThat(inspection.meanLoss()).isCloseTo(expected.meanLoss(), within(1e-4));
                assertThat(inspection.next(5)).extracting(Candidate::id).isEqualTo(ids(expected.next(5)));
                assertThat(inspection.unsupported(Part.LENS).orElseThrow()).contains("loaded from ONNX");
                assertThatThrownBy(inspection::attention).isInstanceOf(UnsupportedOperationException.class);
            }
        }
    }

    private static List<Integer> ids(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::id).toList();
    }

    @Test
    void anNgramModelShowsItsPredictions() {
        try (LanguageModel model = LanguageModel.ngram(Corpus.ofText("abcabcabd"), TOKENIZER, 3)) {
            Inspection inspection = model.inspect("ab");
            assertThat(inspection.next(1).get(0).text()).isEqualTo("c");
            assertThatThrownBy(() -> inspection.neighbours(0, 1)).hasMessageContaining("counts in place of layers");
        }
    }

    @Test
    void noTextAndAClosedModelAreRefused() {
        LanguageModel model = model(Family.CAPTIONS);
        Inspection inspection = model.inspect(TEXT);
        assertThatThrownBy(() -> model.inspect("")).hasMessageContaining("the text has no token; give at least one");
        assertThatThrownBy(() -> model.inspect(99)).hasMessageContaining("ids run from 0 to 28");
        assertThatThrownBy(() -> inspection.candidates(12, 1)).hasMessageContaining("positions run from 0 to 11");
        assertThatThrownBy(() -> inspection.next(0)).hasMessageContaining("at least 1, but is 0");
        model.close();
        assertThatThrownBy(inspection::attention).isInstanceOf(IllegalStateException.class);
    }
}
