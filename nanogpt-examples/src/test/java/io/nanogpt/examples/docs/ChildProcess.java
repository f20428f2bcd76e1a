package io.nanogpt.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs what the documentation has its readers run, in a folder with the data of the repository. */
final class ChildProcess {
    private static final Path DATA = Path.of("docs", "data", "captions.csv");

    private ChildProcess() {}

    /**
     * Runs a program of the JDK with the class path of the tests.
     *
     * @param folder the working directory, empty before
     * @return the lines of standard output
     */
    static List<String> run(Path folder, String program, String classPath, String... arguments)
            throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve(DATA).getParent());
        Files.copy(Documentation.ROOT.resolve(DATA), folder.resolve(DATA));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", program).toString());
        command.addAll(List.of("--class-path", classPath));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output.txt");
        Path errors = folder.resolve("errors.txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(
                        Files.createFile(folder.resolve("input.txt")).toFile()))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES))
                    .as("%s ends", program)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue())
                .as("exit code of %s, which wrote: %s%s", program, text, Files.readString(errors))
                .isZero();
        return text.lines().toList();
    }
}
