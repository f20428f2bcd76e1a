package io.nanogpt.examples.systems;

import io.nanogpt.LanguageModel;
import io.nanogpt.accounting.Account;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import io.nanogpt.generate.AttentionMaps;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.model.WeightsImportOptions.Layout;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Loss, samples and attention of a model of Tiny Shakespeare. */
record TrainedShakespeare(LanguageModel model) {
    private static final int BATCHES = 200;
    private static final int LOOKED_AT = 12;

    /** Loads a state dict of PyTorch, of a model whose tokens are the characters of a corpus. */
    static LanguageModel load(Path file, Corpus corpus) {
        return LanguageModel.importWeights(
                file,
                WeightsImportOptions.of(Layout.ALGOPATH)
                        .withTokenizer(Tokenizers.characters().train(corpus)));
    }

    /** Token 0, with which the source begins, and its continuation. */
    static String fromFirstToken(LanguageModel model, GenerationOptions options) {
        String first = model.tokenizer().decode(0);
        return first + model.generate(first, options);
    }

    List<String> describe(Corpus corpus, int characters) {
        Corpus.Split split = corpus.split(SplitOptions.defaults());
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT, "%,d parameters", Account.of(model.architecture()).parameters()));
        lines.add(loss("training", model.evaluate(split.train(), BATCHES, 1337)));
        lines.add(loss("validation", model.evaluate(split.validation(), BATCHES, 1337)));
        String written = fromFirstToken(model, GenerationOptions.temperature(1).withMaxTokens(characters));
        lines.add("from token 0: " + written);
        AttentionMaps maps = model.attention(written.substring(0, Math.min(LOOKED_AT, written.length())));
        lines.add(lookedAt(maps, 0));
        if (maps.layers() > 1) {
            lines.add(lookedAt(maps, maps.layers() - 1));
        }
        return lines;
    }

    private static String loss(String part, Evaluation evaluation) {
        return String.format(
                Locale.ROOT,
                "%s loss %.4f, perplexity %.2f, over %d batches",
                part,
                evaluation.loss(),
                evaluation.perplexity(),
                BATCHES);
    }

    /** The token that the last one attends to most, for each head of a layer. */
    private static String lookedAt(AttentionMaps maps, int layer) {
        StringBuilder text = new StringBuilder("layer " + layer + ", each head, from the last token:");
        for (float[][] rows : maps.layer(layer)) {
            float[] last = rows[rows.length - 1];
            int most = Study.mostLikely(last);
            text.append(String.format(
                    Locale.ROOT, " '%s' at %d (%.2f)", maps.tokens().get(most).text(), most, last[most]));
        }
        return text.toString().replace("\n", "\\n");
    }
}
