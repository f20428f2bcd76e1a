package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Windows;
import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.RunLog;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.MetricLog;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Losses in bits per byte: of a text, of a run, and wherever a run is kept. */
class BitsPerByteTest {
    private static final String TEXT = "thé cat sat on the mat, and the dog sat on the log\n".repeat(40);
    private static final Corpus CORPUS = Corpus.ofText(TEXT);

    @TempDir
    Path folder;

    @Test
    void aLossPerTokenBecomesOnePerByteOfTheText() {
        Tokenizer bpe = Tokenizers.byteLevelBpe().vocabularySize(270).threads(1).train(CORPUS);
        for (Tokenizer tokenizer : List.of(Tokenizers.characters().train(CORPUS), bpe)) {
            try (LanguageModel model = builder(tokenizer).train(CORPUS)) {
                requireBits(tokenizer, model.evaluate(TEXT));
                requireBits(tokenizer, model.evaluate(TEXT, 2, 1));
            }
            try (LanguageModel counts = LanguageModel.ngram(CORPUS, tokenizer, 2)) {
                requireBits(tokenizer, counts.evaluate(TEXT));
                requireBits(tokenizer, counts.evaluate(TEXT, 2, 1));
            }
        }
    }

    private static void requireBits(Tokenizer tokenizer, Evaluation evaluation) {
        double bytes = TEXT.getBytes(StandardCharsets.UTF_8).length;
        assertThat(evaluation.bitsPerByte().orElseThrow())
                .isCloseTo(evaluation.loss() * tokenizer.encode(TEXT).length / bytes / Math.log(2), within(1e-12));
    }

    @Test
    void aRunHasThemWhereverItIsKept() throws IOException {
        Tokenizer tokenizer = Tokenizers.characters().train(CORPUS);
        Path csv = folder.resolve("run.csv");
        StringWriter progress = new StringWriter();
        RunLog log = RunLog.open(folder.resolve("runs"));
        EvaluationPoint last;
        try (LanguageModel model = builder(tokenizer)
                .listener(MetricLog.csv(csv))
                .listener(TrainingListener.progress(new PrintWriter(progress)))
                .listener(log.recorder("a"))
                .train(CORPUS)) {
            last = model.report().orElseThrow().last();
            model.save(folder.resolve("model"));
        }
        double bits = last.bitsPerByte().orElseThrow();
        String validation = CORPUS.split(SplitOptions.defaults()).validation();
        assertThat(bits)
                .isCloseTo(
                        last.validationLoss()
                                * validation.length()
                                / validation.getBytes(StandardCharsets.UTF_8).length
                                / Math.log(2),
                        within(1e-12));
        try (LanguageModel loaded = LanguageModel.load(folder.resolve("model"))) {
            assertThat(loaded.report().orElseThrow().last()).isEqualTo(last);
        }
        assertThat(folder.resolve("model/README.md")).content().contains("| validation loss (bits per byte) |");
        assertThat(log.list().get(0).finalBitsPerByte()).hasValue(bits);
        assertThat(ResultTable.of(log.list()).format(ResultTable.Format.CSV)).contains("bits_per_byte");
        assertThat(Files.readString(csv))
                .contains(",memory_bytes,bits_per_byte\n")
                .contains("," + bits + "\n");
        assertThat(progress.toString()).contains(" bits per byte), ");
    }

    @Test
    void idsAreMeasuredByTheirText() {
        Tokenizer tokenizer = Tokenizers.characters().train(CORPUS);
        Windows all = Windows.of(TokenSource.of(tokenizer.encode(TEXT)));
        try (LanguageModel model = builder(tokenizer).train(all, all)) {
            EvaluationPoint last = model.report().orElseThrow().last();
            assertThat(last.bitsPerByte().orElseThrow())
                    .isCloseTo(
                            last.validationLoss()
                                    * TEXT.length()
                                    / TEXT.getBytes(StandardCharsets.UTF_8).length
                                    / Math.log(2),
                            within(1e-12));
        }
    }

    private static GPT.Builder builder(Tokenizer tokenizer) {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .tokenizer(tokenizer)
                .steps(2)
                .batchSize(2)
                .threads(1)
                .evaluateEvery(1)
                .evaluationBatches(1);
    }
}
