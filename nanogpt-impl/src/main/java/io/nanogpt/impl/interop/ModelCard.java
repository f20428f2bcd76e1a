package io.nanogpt.impl.interop;

import io.nanogpt.model.Architecture;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The {@code README.md} of a saved model: architecture, training results and usage. */
record ModelCard(Architecture architecture, Tokenizer tokenizer, Optional<TrainingReport> report, WeightFiles weights) {
    String text() {
        StringBuilder card = new StringBuilder();
        card.append("---\nlibrary_name: nanogpt\npipeline_tag: text-generation\n---\n\n");
        card.append("# ").append(architecture.kind()).append("\n\n");
        card.append(line(
                "A language model of kind `%s` with %s, a vocabulary of %,d tokens and a context length of"
                        + " %,d tokens.",
                architecture.kind(),
                weights.size(architecture),
                tokenizer.vocabularySize(),
                architecture.contextLength()));
        card.append("\n| setting | value |\n|---|---|\n");
        for (Map.Entry<String, Object> setting : architecture.settings().entrySet()) {
            card.append(line("| %s | %s |", setting.getKey(), setting.getValue()));
        }
        card.append("\n## Training\n\n");
        report.ifPresentOrElse(run -> training(card, run), () -> card.append("No training results are recorded.\n"));
        card.append("\n## Use\n\n").append(weights.usage());
        return card.toString();
    }

    private static void training(StringBuilder card, TrainingReport report) {
        TrainingPlan plan = report.plan();
        EvaluationPoint last = report.last();
        card.append("| figure | value |\n|---|---|\n");
        card.append(line("| steps | %,d of %,d |", report.steps(), plan.steps()));
        card.append(line("| tokens per step | %,d |", plan.tokensPerStep()));
        card.append(line("| training tokens | %,d |", plan.trainTokens()));
        card.append(line("| validation tokens | %,d |", plan.validationTokens()));
        card.append(line("| epochs planned | %.2f |", plan.epochs()));
        card.append(line("| training loss (nats per token) | %.4f |", last.trainLoss()));
        card.append(line("| validation loss (nats per token) | %.4f |", last.validationLoss()));
        last.bitsPerByte().ifPresent(bits -> card.append(line("| validation loss (bits per byte) | %.4f |", bits)));
        report.baselines().filter(baselines -> baselines.ngram().isPresent()).ifPresent(baselines -> {
            int order = baselines.bestOrder().getAsInt();
            double loss = baselines.ngram().getAsDouble();
            card.append(line("| validation loss of counted n-grams, order %d | %.4f |", order, loss));
            report.bitsPerByte(loss)
                    .ifPresent(bits -> card.append(line("| that of n-grams (bits per byte) | %.4f |", bits)));
        });
        card.append(line("| step of the lowest validation loss | %,d |", report.bestStep()));
        card.append(line("| seconds | %.1f |", report.seconds()));
        card.append(line("| tokens per second | %,.0f |", report.tokensPerSecond()));
        card.append(line("| backend | %s |", plan.compute().backend()));
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values) + "\n";
    }
}
