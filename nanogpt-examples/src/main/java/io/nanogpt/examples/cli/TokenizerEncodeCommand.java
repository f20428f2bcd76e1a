package io.nanogpt.examples.cli;

import io.nanogpt.data.Tokenization;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.examples.cli.console.EncodingProgress;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.CleaningOptions;
import io.nanogpt.examples.cli.options.Destinations;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code tokenizer encode} verb. */
@Command(
        name = "encode",
        description = "Convert a text file of any size to a token file.",
        footer = "  nanogpt tokenizer encode --tokenizer tokenizer.json --in text.txt --out ids.npy")
final class TokenizerEncodeCommand extends Verb {
    @Option(names = "--tokenizer", required = true, paramLabel = "FILE", description = "saved tokenizer")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Option(names = "--in", required = true, paramLabel = "TEXT_FILE", description = "text in UTF-8")
    @SuppressWarnings("NullAway.Init") // required
    private Path in;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "IDS",
            description = "token file to write: .npy for NumPy's format, any other name for raw ids")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "type of the ids: ${COMPLETION-CANDIDATES} (default: the smallest that fits)")
    private @Nullable TokenDtype dtype;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads; they do not change the file (default: all processors)")
    private @Nullable Integer threads;

    @Mixin
    private CleaningOptions cleaning = new CleaningOptions();

    @Override
    public Integer call() {
        Destinations.refuseSame(out, "--in", in);
        Destinations.refuseSame(out, "--tokenizer", file);
        Tokenizer tokenizer = Tokenizers.load(file);
        Tokenization settings = Tokenization.with(tokenizer).withProgress(EncodingProgress.on(progress()));
        settings = dtype == null ? settings : settings.withDtype(dtype);
        settings = threads == null ? settings : settings.withThreads(threads);
        settings = cleaning.any() ? settings.withCleaning(cleaning.steps()) : settings;
        print(settings.write(in, out), settings.dtype());
        return 0;
    }

    private void print(Tokenization.Report report, TokenDtype used) {
        double tokensPerSecond = report.tokens() / report.seconds();
        if (json()) {
            out().println(new JsonLine()
                    .put("tokens", report.tokens())
                    .put("bytes", report.bytes())
                    .put("dtype", used.toString())
                    .put("tokensPerSecond", tokensPerSecond)
                    .put("seconds", report.seconds()));
        } else {
            out().printf(
                            Locale.ROOT,
                            "%,d tokens (%s) of %,d bytes in %.2f s: %,.0f tokens/s%nsaved in %s%n",
                            report.tokens(),
                            used,
                            report.bytes(),
                            report.seconds(),
                            tokensPerSecond,
                            out);
        }
        out().flush();
    }
}
