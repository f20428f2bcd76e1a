package io.nanogpt.examples.cli;

import io.nanogpt.LanguageModel;
import io.nanogpt.examples.cli.console.JsonLine;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code verify} verb. */
@Command(
        name = "verify",
        description = "Check that a saved or exported model is as it was written: its files, and their checksums.",
        footer = "  nanogpt verify --model my-model")
final class VerifyCommand extends Verb {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "folder of the model")
    @SuppressWarnings("NullAway.Init") // required
    private Path model;

    @Override
    public Integer call() {
        List<Path> files = LanguageModel.verify(model);
        if (json()) {
            out().println(new JsonLine()
                    .put("verified", files.stream().map(Path::toString).toList()));
        } else {
            files.forEach(file -> out().println(file + " is as it was written"));
        }
        out().flush();
        return 0;
    }
}
