package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.ModelSource;
import io.nanogpt.generate.BatchOptions;
import io.nanogpt.server.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code serve} verb. */
@Command(
        name = "serve",
        description = "Serve a model over HTTP, to clients of OpenAI's protocol and to a page in the browser, until"
                + " Ctrl-C or SIGTERM: then requests that are being answered have the time of --timeout to end.",
        footer = {
            "  nanogpt serve --model my-model",
            "  nanogpt serve --model my-model --host 0.0.0.0 --api-key-file key.txt",
            "  curl http://127.0.0.1:8080/v1/completions -d '{\"prompt\": \"H&E\", \"max_tokens\": 50}'"
        })
final class ServeCommand extends Verb {
    private static final int LONGEST_SECONDS = 31_536_000;
    private static final int LONGEST_KEY = 4096;

    @Mixin
    private ModelSource source = new ModelSource();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "of the model, for requests (default: that of its folder)")
    private @Nullable String name;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "address to listen at; another than the default needs a key (default: 127.0.0.1, which only"
                    + " programs of this machine reach)")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "N", description = "port to listen at; 0 for any (default: 8080)")
    private @Nullable Integer port;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "file with the key that requests must have (default: no key)")
    private @Nullable Path keyFile;

    @Option(names = "--without-key", description = "let other machines use the model without a key")
    private boolean withoutKey;

    @Option(
            names = "--max-queue",
            paramLabel = "N",
            description = "most texts that wait for their turn; others are refused (default: 1024)")
    private @Nullable Integer maxQueue;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "most tokens that a request may ask for (default: 1024)")
    private @Nullable Integer maxTokens;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "time for a request, which then ends with the text so far (default: 120)")
    private @Nullable Double timeout;

    @Override
    public Integer call() {
        require(keyFile == null || !withoutKey, "give --api-key-file or --without-key, not both");
        Server.Builder builder = builder();
        try (LanguageModel model = source.open()) {
            model.batching(BatchOptions.defaults()
                    .withWaiting(maxQueue == null ? BatchOptions.defaults().waiting() : maxQueue));
            String served = name != null ? name : source.folderName();
            serve(builder.model(served, model).start(), served);
        }
        return 0;
    }

    private Server.Builder builder() {
        Server.Builder builder = Server.builder();
        if (host != null) {
            builder.host(host);
        }
        if (port != null) {
            builder.port(port);
        }
        if (keyFile != null) {
            builder.apiKey(key(keyFile));
        }
        if (withoutKey) {
            builder.withoutKey();
        }
        if (maxTokens != null) {
            builder.maxTokens(maxTokens);
        }
        if (timeout != null) {
            Duration time = seconds(timeout);
            builder.timeout(time).drainTimeout(time);
        }
        return builder;
    }

    private static Duration seconds(double value) {
        if (!(value > 0 && value <= LONGEST_SECONDS)) {
            throw new IllegalArgumentException(
                    "--timeout must be above 0 and at most " + LONGEST_SECONDS + " seconds, but is " + value);
        }
        return Duration.ofNanos(Math.max(1, Math.round(value * 1e9)));
    }

    private static String key(Path file) {
        try {
            String key =
                    Files.size(file) > LONGEST_KEY ? "" : Files.readString(file).strip();
            if (key.isEmpty() || key.lines().count() != 1) {
                throw new IllegalArgumentException(
                        "--api-key-file " + file + " must have the key as its only line, of at most 4096 bytes");
            }
            return key;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read --api-key-file " + file + ": " + e, e);
        }
    }

    private void serve(Server server, String served) {
        Thread end = new Thread(server::close, "nanogpt-serve-end");
        Runtime.getRuntime().addShutdownHook(end);
        if (json()) {
            out().println(new JsonLine().put("url", server.uri().toString()).put("model", served));
        } else {
            out().println("serving " + served + " at " + server.uri() + " (Ctrl-C ends it)");
        }
        out().flush();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            server.close();
            Runtime.getRuntime().removeShutdownHook(end);
            Thread.currentThread().interrupt();
        }
    }
}
