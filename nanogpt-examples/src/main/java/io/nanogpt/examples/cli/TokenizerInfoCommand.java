package io.nanogpt.examples.cli;

import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.Escapes;
import io.nanogpt.tokenizer.CompressionReport;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code tokenizer info} verb. */
@Command(
        name = "info",
        description = "Describe a tokenizer, and measure how well it compresses a text.",
        footer = "  nanogpt tokenizer info --tokenizer tokenizer.json --data text.txt")
final class TokenizerInfoCommand extends Verb {
    private static final int LONGEST_SHOWN = 5;

    @Option(names = "--tokenizer", required = true, paramLabel = "FILE", description = "saved tokenizer")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Option(names = "--data", paramLabel = "TEXT_FILE", description = "text to measure on")
    private @Nullable Path data;

    @Override
    public Integer call() throws IOException {
        Tokenizer tokenizer = Tokenizers.load(file);
        CompressionReport report = data == null
                ? null
                : CompressionReport.measure(
                        tokenizer,
                        Files.newInputStream(data),
                        Runtime.getRuntime().availableProcessors());
        if (json()) {
            printJson(tokenizer, report);
        } else {
            print(tokenizer, report);
        }
        out().flush();
        return 0;
    }

    private void printJson(Tokenizer tokenizer, @Nullable CompressionReport report) {
        JsonLine line = new JsonLine()
                .put("vocabulary", tokenizer.vocabularySize())
                .put("specialTokens", List.copyOf(tokenizer.specialTokens().keySet()))
                .put(
                        "longestTokens",
                        longest(tokenizer).stream().map(Entry::json).toList())
                .put("notes", tokenizer.notes());
        if (report != null) {
            line.put("bytes", report.bytes())
                    .put("tokens", report.tokens())
                    .put("bytesPerToken", report.bytesPerToken())
                    .put("tokensPerWord", report.tokensPerWord())
                    .put("vocabularyUse", report.vocabularyUse());
        }
        out().println(line);
    }

    private void print(Tokenizer tokenizer, @Nullable CompressionReport report) {
        out().printf(Locale.ROOT, "%,d ids%n", tokenizer.vocabularySize());
        tokenizer
                .specialTokens()
                .forEach((token, id) -> out().printf(Locale.ROOT, "special token %s: %d%n", Escapes.quote(token), id));
        out().println("longest tokens: "
                + longest(tokenizer).stream()
                        .map(entry -> Escapes.quote(entry.text) + " " + entry.id)
                        .collect(Collectors.joining(", ")));
        tokenizer.notes().forEach(note -> out().println("note: " + note));
        if (report != null) {
            out().printf(
                            Locale.ROOT,
                            "%,d bytes, %,d words, %,d tokens: %.3f bytes a token, %.3f tokens a word,"
                                    + " %.1f %% of the vocabulary in use%n",
                            report.bytes(),
                            report.words(),
                            report.tokens(),
                            report.bytesPerToken(),
                            report.tokensPerWord(),
                            100 * report.vocabularyUse());
        }
    }

    /** A token with its id. */
    private record Entry(int id, String text) {
        Map<String, Object> json() {
            return Map.of("id", id, "text", text);
        }
    }

    /** The longest tokens but for special ones, which were not learned from a text. */
    private static List<Entry> longest(Tokenizer tokenizer) {
        Set<Integer> special = Set.copyOf(tokenizer.specialTokens().values());
        return IntStream.range(0, tokenizer.vocabularySize())
                .filter(id -> !special.contains(id))
                .mapToObj(id -> new Entry(id, text(tokenizer, id)))
                .sorted(Comparator.comparingInt((Entry entry) -> entry.text.length())
                        .reversed())
                .limit(LONGEST_SHOWN)
                .toList();
    }

    /** The text of a token; empty for an id that the vocabulary leaves out. */
    private static String text(Tokenizer tokenizer, int id) {
        try {
            return tokenizer.decode(id);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
