package io.nanogpt.examples;

import io.nanogpt.data.Tokenization;
import io.nanogpt.data.Tokenization.TokenDtype;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Turns a text file into a token file. */
@Command(name = "encode", description = "Turns a text file of any size into a token file, raw or .npy.")
final class TokenizerEncodeCommand extends Verb {
    @Option(names = "--tokenizer", required = true, paramLabel = "FILE", description = "a saved tokenizer")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Option(names = "--in", required = true, paramLabel = "TEXT_FILE", description = "UTF-8")
    @SuppressWarnings("NullAway.Init") // required
    private Path in;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "IDS",
            description = ".npy for NumPy's format, raw otherwise")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Option(names = "--dtype", description = "${COMPLETION-CANDIDATES}; the smallest that fits by default")
    private @Nullable TokenDtype dtype;

    @Option(names = "--threads", description = "all processors by default; the file does not depend on it")
    private @Nullable Integer threads;

    @Mixin
    private CleaningOptions cleaning = new CleaningOptions();

    @Override
    public Integer call() {
        Tokenizer tokenizer = Tokenizers.load(file);
        Tokenization settings = Tokenization.with(tokenizer).withProgress(EncodingProgress.on(err()));
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
