package io.nanogpt.examples.cli;

import io.nanogpt.chart.TokenComparison;
import io.nanogpt.chart.TokenComparison.Column;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.console.TokenLines;
import io.nanogpt.examples.cli.options.Destinations;
import io.nanogpt.tokenizer.EncodingSpeed;
import io.nanogpt.tokenizer.TokenizedText.Piece;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code tokenizer show} verb. */
@Command(
        name = "show",
        description = "Show a text as the tokens of one or more tokenizers, with their compression and speed.",
        footer = {
            "  nanogpt tokenizer show --tokenizer tokenizer.json \"Two carcinomas\"",
            "  nanogpt tokenizer show --tokenizer ours.json --tokenizer gpt2 --in text.txt --html tokens.html"
        })
final class TokenizerShowCommand extends Verb {
    private static final int MOST_BYTES = 1_000_000;
    private static final int SHOWN = 500;
    private static final double GIGABYTE = 1e9;
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;

    @Option(
            names = "--tokenizer",
            required = true,
            paramLabel = "FILE",
            description = "saved tokenizer; repeatable, to compare several")
    @SuppressWarnings("NullAway.Init") // required
    private List<Path> files;

    @Parameters(arity = "0..1", paramLabel = "TEXT", description = "text to show (default: standard input)")
    private @Nullable String text;

    @Option(
            names = "--in",
            paramLabel = "TEXT_FILE",
            description = "file with the text in UTF-8; of a longer one the first 1,000,000 bytes")
    private @Nullable Path in;

    @Option(names = "--html", paramLabel = "FILE", description = "page to write, with the tokenizers side by side")
    private @Nullable Path html;

    @Option(
            names = "--shown",
            paramLabel = "N",
            description = "tokens to print; the others count all the same (default: 500)")
    private int shown = SHOWN;

    @Option(
            names = "--gigabytes",
            paramLabel = "N",
            description = "size of the text whose encoding time is estimated (default: 1)")
    private double gigabytes = 1;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads that encode while the speed is measured (default: all processors)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws IOException {
        require(text == null || in == null, "give TEXT or --in, not both");
        require(shown >= 0, "--shown must be at least 0, but is " + shown);
        require(threads >= 1, "--threads must be at least 1, but is " + threads);
        require(gigabytes > 0 && Double.isFinite(gigabytes), "--gigabytes must be greater than 0, but is " + gigabytes);
        if (html != null) {
            refuseReplacing(html);
        }
        String read = text != null ? text : read();
        require(!read.isEmpty(), "the text is empty; give TEXT, --in or standard input");
        TokenComparison comparison = compare(read);
        if (html != null) {
            comparison.write(html);
        }
        if (json()) {
            printJson(comparison);
        } else {
            comparison.columns().forEach(this::print);
            if (html != null) {
                out().println("saved in " + html);
            }
        }
        out().flush();
        return 0;
    }

    private TokenComparison compare(String read) {
        TokenComparison comparison = TokenComparison.of(read);
        for (Path file : files) {
            Tokenizer tokenizer = Tokenizers.load(file);
            try {
                comparison = comparison.measured(file.toString(), tokenizer, threads);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--tokenizer " + file + ": " + e.getMessage(), e);
            }
        }
        return comparison;
    }

    private void refuseReplacing(Path page) {
        files.forEach(file -> Destinations.refuseSame("--html", page, "--tokenizer", file));
        if (in != null) {
            Destinations.refuseSame("--html", page, "--in", in);
        }
    }

    /** The beginning of the file or of standard input, which may end within a character. */
    private String read() throws IOException {
        byte[] bytes;
        if (in == null) {
            bytes = System.in.readNBytes(MOST_BYTES + 1);
        } else {
            try (InputStream stream = Files.newInputStream(in)) {
                bytes = stream.readNBytes(MOST_BYTES + 1);
            }
        }
        if (bytes.length <= MOST_BYTES) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        int end = MOST_BYTES;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        err().printf(Locale.ROOT, "the text is longer; these are its first %,d bytes%n", end);
        err().flush();
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    private void print(Column column) {
        List<Piece> pieces = column.tokens().pieces();
        if (files.size() > 1) {
            out().println(column.name());
        }
        TokenLines.print(out(), pieces.subList(0, Math.min(shown, pieces.size())));
        if (pieces.size() > shown) {
            out().printf(Locale.ROOT, "... and %,d more%n", pieces.size() - shown);
        }
        EncodingSpeed speed = column.speed().orElseThrow();
        out().printf(
                        Locale.ROOT,
                        "%,d tokens of %,d bytes: %.3f bytes a token; vocabulary of %,d%n",
                        pieces.size(),
                        column.tokens().bytes(),
                        column.tokens().bytesPerToken(),
                        column.vocabularySize());
        out().printf(
                        Locale.ROOT,
                        "%.1f MB/s with %d %s: a text of %s GB would take %s%n",
                        speed.megabytesPerSecond(),
                        speed.threads(),
                        speed.threads() == 1 ? "thread" : "threads",
                        size(),
                        duration(speed.secondsFor(gigabytes * GIGABYTE)));
        if (files.size() > 1) {
            out().println();
        }
    }

    private String size() {
        return gigabytes == Math.rint(gigabytes) ? Long.toString((long) gigabytes) : Double.toString(gigabytes);
    }

    private static String duration(double seconds) {
        if (seconds < 2 * MINUTE) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        return seconds < 2 * HOUR
                ? String.format(Locale.ROOT, "%.1f min", seconds / MINUTE)
                : String.format(Locale.ROOT, "%.1f h", seconds / HOUR);
    }

    private void printJson(TokenComparison comparison) {
        out().println(new JsonLine()
                .put("bytes", comparison.columns().get(0).tokens().bytes())
                .put("tokenizers", comparison.columns().stream().map(this::json).toList()));
    }

    private Map<String, Object> json(Column column) {
        EncodingSpeed speed = column.speed().orElseThrow();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tokenizer", column.name());
        json.put("vocabulary", column.vocabularySize());
        json.put("tokens", column.tokens().pieces().size());
        json.put("bytesPerToken", column.tokens().bytesPerToken());
        json.put("megabytesPerSecond", speed.megabytesPerSecond());
        json.put("gigabytes", gigabytes);
        json.put("seconds", speed.secondsFor(gigabytes * GIGABYTE));
        List<Object> pieces = new ArrayList<>();
        column.tokens().pieces().forEach(piece -> pieces.add(Map.of("id", piece.id(), "text", piece.text())));
        json.put("pieces", pieces);
        return json;
    }
}
