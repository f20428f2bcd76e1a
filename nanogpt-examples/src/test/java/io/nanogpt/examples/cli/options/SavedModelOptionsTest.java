package io.nanogpt.examples.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class SavedModelOptionsTest {
    @TempDir
    private Path folder;

    @Command
    private static final class Saving {
        @Mixin
        private final SavedModelOptions out = new SavedModelOptions();
    }

    private static SavedModelOptions parse(String... arguments) {
        Saving command = new Saving();
        new CommandLine(command).parseArgs(arguments);
        return command.out;
    }

    @Test
    void aModelThatWasSavedMeanwhileIsNotReplaced() throws IOException {
        Path out = folder.resolve("model");
        SavedModelOptions options = parse("--out", out.toString());
        options.create(false);
        assertThat(options.free(false)).isEqualTo(out);

        Files.writeString(out.resolve("config.json"), "{}");
        Path second = folder.resolve("model-2");
        assertThat(options.free(false)).isEqualTo(second);
        Files.createDirectories(second.resolve(".saved"));
        assertThat(options.free(false)).isEqualTo(folder.resolve("model-3"));

        assertThat(options.free(true)).isEqualTo(out);
        assertThat(parse("--out", out.toString(), "--overwrite").free(false)).isEqualTo(out);
        assertThat(parse("--out", out + "/.").free(false)).isEqualTo(folder.resolve("model-3"));
    }
}
