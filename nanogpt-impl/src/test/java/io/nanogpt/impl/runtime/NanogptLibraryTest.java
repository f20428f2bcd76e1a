package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.Examples;
import io.nanogpt.data.Mixture;
import io.nanogpt.data.Records;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.fakes.Models;
import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import io.nanogpt.train.Trainer;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole library on a text that is learned in a moment. */
class NanogptLibraryTest {
    private static final String TEXT = "the tumour cells are large. ".repeat(60);

    @TempDir
    Path folder;

    @Test
    void theServiceLoaderFindsTheImplementation() {
        assertThat(Library.get()).isInstanceOf(NanogptLibrary.class);
    }

    @Test
    void aModelIsTrainedSavedAndLoaded() {
        String prompt = "the tumour";
        GenerationOptions options =
                GenerationOptions.temperature(0.8).withTopK(5).withMaxTokens(60);
        try (LanguageModel trained = small().steps(150).train(Corpus.ofText(TEXT))) {
            assertThat(trained.report())
                    .hasValueSatisfying(
                            report -> assertThat(report.last().validationLoss()).isLessThan(1.5));
            trained.save(folder);
            try (LanguageModel loaded = LanguageModel.load(folder, 1)) {
                assertThat(loaded.report()).isEqualTo(trained.report());
                assertThat(loaded.recordEnd()).isEmpty();
                assertThat(loaded.architecture().settings())
                        .isEqualTo(trained.architecture().settings());
                assertThat(loaded.generate(prompt, options)).isEqualTo(trained.generate(prompt, options));
                int[] ids = loaded.tokenizer().encode("the tumour cells are large.");
                assertThat(loaded.logits(ids)).isEqualTo(trained.logits(ids));
                assertThat(loaded.evaluate(TEXT)).isEqualTo(trained.evaluate(TEXT));
                assertThat(loaded.evaluate(TEXT, 5, 1)).isEqualTo(trained.evaluate(TEXT, 5, 1));
            }
        }
    }

    @Test
    void decodingEqualsTheDenseComputation() {
        try (LanguageModel model = small().steps(30).train(Corpus.ofText(TEXT))) {
            // The loss of a text of one window, token by token with the cache, and in one go without it.
            String text = TEXT.substring(3, 3 + 17);
            int[] ids = model.tokenizer().encode(text);
            double sum = 0;
            for (int i = 1; i < ids.length; i++) {
                float[] logits = model.logits(Arrays.copyOf(ids, i));
                double partition = 0;
                for (float logit : logits) {
                    partition += Math.exp(logit);
                }
                sum += Math.log(partition) - logits[ids[i]];
            }
            Evaluation evaluation = model.evaluate(text);
            assertThat(evaluation.tokens()).isEqualTo(16);
            assertThat(sum / 16).isCloseTo(evaluation.loss(), within(1e-5));
        }
    }

    @Test
    void tokensTrainAsTheirTextDoes() {
        Corpus corpus = Corpus.ofText(TEXT);
        Tokenizer tokenizer = Tokenizers.characters().train(corpus);
        Corpus.Split split = corpus.split(SplitOptions.defaults());
        Examples train = Windows.of(TokenSource.of(tokenizer.encode(split.train())));
        Examples validation = Windows.of(TokenSource.of(tokenizer.encode(split.validation())));
        try (LanguageModel onText = small().steps(3).train(corpus);
                LanguageModel onTokens = small().steps(3).tokenizer(tokenizer).train(train, validation)) {
            assertThat(onTokens.logits(1, 2)).isEqualTo(onText.logits(1, 2));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small().train(train, validation))
                .withMessageContaining("set it with tokenizer");
    }

    @Test
    void paddingCountsInNoLoss() {
        Records records = Records.of(List.of(new int[] {3, 9}, new int[] {4, 9}));
        Tokenizer tokenizer = Tokenizers.characters().train(Corpus.ofText("abcdefghij"));
        try (LanguageModel model = small().steps(40).tokenizer(tokenizer).train(records, records)) {
            assertThat(largest(model.logits(3))).isEqualTo(9);
            // Of 16 targets of a row 15 are padding after the id 0: if they counted, 0 would follow itself.
            assertThat(largest(model.logits(3, 9, 0, 0))).isNotZero();
            assertThat(model.report().orElseThrow().last().trainLoss()).isLessThan(0.5);
        }
    }

    private static int largest(float[] logits) {
        return IntStream.range(0, logits.length)
                .boxed()
                .max(Comparator.comparing(id -> logits[id]))
                .orElseThrow();
    }

    @Test
    void aFolderThatIsThereIsLoadedInsteadOfTrained() {
        Path path = folder.resolve("model");
        try (LanguageModel first = small().loadIfPresent(path).train(Corpus.ofText(TEXT));
                LanguageModel second =
                        small().evaluateEvery(7).threads(2).loadIfPresent(path).train(Corpus.ofText(TEXT))) {
            assertThat(first.report()).isPresent();
            assertThat(second.report()).isEqualTo(first.report());
            assertThat(second.logits(1, 2)).isEqualTo(first.logits(1, 2));
        }
    }

    @Test
    void aCorpusWithoutTextIsRefused() {
        for (Corpus empty :
                List.of(Corpus.ofText(""), Corpus.ofStrings(List.of()), Corpus.ofStrings(List.of("", "")))) {
            assertThatThrownBy(() -> small().train(empty))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the corpus is empty");
            assertThatThrownBy(() -> small().tokenizer(letters()).train(empty))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the corpus is empty");
        }
    }

    @Test
    void aCorpusShorterThanTheContextIsRefused() {
        assertThatThrownBy(() -> small().train(Corpus.ofText("the tumour")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("training text has 9 tokens", "context of 16", "at least 17");
        assertThatThrownBy(() -> small().train(Corpus.ofText("the tumour cells are large. ".repeat(3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("validation text has", "context of 16", "validationFraction");
        // A larger share for validation helps, as the message says.
        try (LanguageModel model = small().split(new SplitOptions(0.5, SplitOptions.Unit.POSITION))
                .train(Corpus.ofText("the tumour cells are large. ".repeat(3)))) {
            assertThat(model.report()).isPresent();
        }
    }

    @Test
    void aTokenizerThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> small().tokenizer(letters()).train(Corpus.ofText("Grüße. ".repeat(100))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Trainer.builder()
                        .build()
                        .train(Models.captions(Models.captions(1, 1, 4, 4, 3), 0), letters(), Corpus.ofText(TEXT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but the architecture only 3");
    }

    @Test
    void anUnknownCharacterOfAPromptIsNamed() {
        try (LanguageModel model = small().train(Corpus.ofText(TEXT))) {
            assertThatThrownBy(() -> model.generate("the Ä", GenerationOptions.greedy()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Ä");
            assertThatThrownBy(() -> model.generate("", GenerationOptions.greedy()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the prompt is empty");
        }
        Tokenizer skipping =
                Tokenizers.characters().unknown(UnknownCharacters.SKIP).train(Corpus.ofText(TEXT));
        try (LanguageModel model = small().tokenizer(skipping).train(Corpus.ofText(TEXT))) {
            assertThat(model.generate("the Ä", GenerationOptions.greedy()))
                    .isEqualTo(model.generate("the ", GenerationOptions.greedy()));
        }
    }

    @Test
    void aListenerThatThrowsEndsTheRun() throws InterruptedException {
        long before = threads();
        assertThatThrownBy(() -> small().threads(3)
                        .listener(new TrainingListener() {
                            @Override
                            public void onStep(TrainingStep step) {
                                throw new IllegalStateException("enough");
                            }
                        })
                        .train(Corpus.ofText(TEXT)))
                .hasMessage("enough");
        // The threads end on their own time.
        for (int i = 0; i < 1000 && threads() > before; i++) {
            Thread.sleep(5);
        }
        assertThat(threads()).as("threads of the backend that was not closed").isLessThanOrEqualTo(before);
    }

    @Test
    void aFolderThatDoesNotFitTogetherIsRefused() throws IOException {
        try (LanguageModel model = small().train(Corpus.ofText(TEXT))) {
            model.save(folder);
        }
        Path config = folder.resolve("config.json");
        String good = Files.readString(config);
        Files.writeString(config, good.replace("\"embeddingSize\": 16", "\"embeddingSize\": 16384"));
        assertLoadRefused("model.safetensors was not written with the config.json", "different models");
        Files.writeString(config, good.replace("\"embeddingSize\": 16", "\"embeddingSize\": 1048576"));
        assertLoadRefused("nanogpt-transformer", "embeddingSize 1048576 times embeddingSize 1048576");
        Files.writeString(config, good.replace("\"layers\": 1", "\"layers\": 2"));
        assertLoadRefused("model.safetensors was not written with the config.json");
        Files.writeString(config, good.replaceAll("\"vocabularySize\": \\d+", "\"vocabularySize\": 3"));
        assertLoadRefused("tokenizer.json", "vocabularySize is 3");
        Files.writeString(config, good.replace("nanogpt-transformer", "unheard-of"));
        assertLoadRefused("unheard-of");
        Files.writeString(config, good);
        LanguageModel.load(folder, 1).close();
        Files.delete(folder.resolve("model.safetensors"));
        assertLoadRefused("model.safetensors", "holds no weights");
        assertThatThrownBy(() -> LanguageModel.load(folder.resolve("nowhere"), 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("there is no folder", "nowhere");
        assertThatThrownBy(() -> LanguageModel.load(folder, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private void assertLoadRefused(String... parts) {
        assertThatThrownBy(() -> LanguageModel.load(folder, 1))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(parts);
    }

    private static Tokenizer letters() {
        return Tokenizers.characters().train(Corpus.ofText(TEXT));
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("nanogpt"))
                .count();
    }

    private static GPT.Builder small() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(16)
                .batchSize(4)
                .steps(3)
                .evaluationBatches(2)
                .learningRate(1e-2)
                .threads(1);
    }

    @Test
    void aFullEvaluationIsThatOfTheWholeSplit() {
        Corpus corpus = Corpus.ofText(TEXT);
        try (LanguageModel model = small().steps(20)
                .training(trainer -> trainer.evaluateFully(true))
                .train(corpus)) {
            double whole = model.evaluate(corpus.split(SplitOptions.defaults()).validation())
                    .loss();
            assertThat(model.report().orElseThrow().last().validationLoss()).isCloseTo(whole, within(1e-5));
        }
    }

    @Test
    void aFullEvaluationOfAMixtureWeighsWholeParts() {
        Tokenizer tokenizer = letters();
        Examples train = windows(tokenizer, TEXT);
        Examples whole = windows(tokenizer, TEXT.substring(0, 150));
        Examples part = windows(tokenizer, TEXT.substring(100, 140));
        double mixed = wholeLoss(tokenizer, train, Mixture.of(0.25, whole, part));
        double expected = 0.25 * wholeLoss(tokenizer, train, whole) + 0.75 * wholeLoss(tokenizer, train, part);
        assertThat(mixed).isCloseTo(expected, within(1e-12));
        assertThat(wholeLoss(tokenizer, train, whole)).isNotEqualTo(wholeLoss(tokenizer, train, part));
    }

    private static Examples windows(Tokenizer tokenizer, String text) {
        return Windows.of(TokenSource.of(tokenizer.encode(text)));
    }

    /** Of the initial weights, the same in every run, over all of the validation examples. */
    private static double wholeLoss(Tokenizer tokenizer, Examples train, Examples validation) {
        try (LanguageModel model = small().tokenizer(tokenizer)
                .training(trainer -> trainer.evaluateFully(true))
                .train(train, validation)) {
            return model.report().orElseThrow().evaluations().get(0).validationLoss();
        }
    }
}
