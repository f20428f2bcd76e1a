package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.examples.cli.console.JsonLine;
import io.nanogpt.examples.cli.options.ModelSource;
import io.nanogpt.inspect.Explorer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code explore} verb. */
@Command(
        name = "explore",
        description =
                "Show in a page of the browser what a model makes of a text: tokens and their surprise, attention,"
                        + " the logit lens, the next tokens, and what changes without some heads; until Ctrl-C or SIGTERM. With"
                        + " --out, write the page as a folder in which the model runs in the browser.",
        footer = {
            "  nanogpt explore --model my-model",
            "  nanogpt explore --model my-model --out my-page",
        })
final class ExploreCommand extends Verb {
    @Mixin
    private ModelSource source = new ModelSource();

    @Option(names = "--port", paramLabel = "N", description = "port to serve the page at; 0 for any (default: 0)")
    private @Nullable Integer port;

    @Option(names = "--out", paramLabel = "DIR", description = "folder to write the page into, in place of serving it")
    private @Nullable Path out;

    @Override
    public Integer call() {
        require(out == null || port == null, "--out writes a page and --port serves one; give one of them");
        try (LanguageModel model = source.open()) {
            if (out == null) {
                serve(model);
            } else {
                write(model, out);
            }
        }
        return 0;
    }

    private void write(LanguageModel model, Path folder) {
        try {
            Explorer.write(model, source.folderName(), folder);
        } catch (UnsupportedOperationException e) {
            throw new NanogptException(
                    "this model has no graph that a browser could run: --out needs a saved model of layers; without"
                            + " --out, explore serves the page of any model",
                    e);
        }
        if (json()) {
            out().println(new JsonLine().put("folder", folder.toString()));
        } else {
            out().println("wrote " + folder);
            out().println(
                            "next: copy ort.wasm.min.mjs, ort-wasm-simd-threaded.mjs and ort-wasm-simd-threaded.wasm of the"
                                    + " npm package onnxruntime-web into " + folder.resolve("ort")
                                    + ", and serve the folder by a web"
                                    + " server");
        }
        out().flush();
    }

    private void serve(LanguageModel model) {
        try (Explorer explorer = Explorer.open(model, source.folderName(), port == null ? 0 : port)) {
            if (json()) {
                out().println(new JsonLine().put("url", explorer.uri().toString()));
            } else {
                out().println("explore " + source.folderName() + " at " + explorer.uri() + " (Ctrl-C ends it)");
            }
            out().flush();
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
