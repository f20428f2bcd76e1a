package io.nanogpt.examples.systems;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/**
 * A file with the best loss that was reached within a time, a line for each entry. Entries are compared in bits per byte,
 * so that each may have its own tokenizer.
 */
final class Cs336Leaderboard {
    private static final String HEADER = "date,machine,minutes,parameters,steps,validation loss,bits per byte";

    private final Path file;

    Cs336Leaderboard(Path file) {
        this.file = file;
    }

    /** Trains what the library chooses for a text and a time, adds its line, and returns all lines. */
    List<String> enter(double minutes, Corpus corpus, int threads) throws IOException {
        if (!(minutes > 0)) {
            throw new IllegalArgumentException("--leaderboard must be above 0 minutes, but is " + minutes);
        }
        Duration budget = Duration.ofMillis(Math.round(minutes * 60_000));
        try (LanguageModel model = GPT.builder()
                .budget(budget)
                .training(trainer -> trainer.threads(threads))
                .train(corpus)) {
            TrainingReport report = model.report().orElseThrow();
            double loss = report.evaluations().stream()
                    .mapToDouble(TrainingReport.EvaluationPoint::validationLoss)
                    .min()
                    .orElseThrow();
            if (!Files.exists(file)) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, HEADER + "\n");
            }
            Files.writeString(
                    file,
                    String.format(
                            Locale.ROOT,
                            "%s,\"%s\",%s,%d,%d,%.4f,%.4f%n",
                            LocalDate.now(ZoneOffset.UTC),
                            Study.machine(),
                            minutes,
                            report.plan().parameters(),
                            report.steps(),
                            loss,
                            report.bitsPerByte(loss).orElse(Double.NaN)),
                    StandardOpenOption.APPEND);
        }
        return Files.readAllLines(file);
    }
}
