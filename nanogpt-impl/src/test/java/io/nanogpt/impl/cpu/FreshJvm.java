package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A program that runs in a JVM of its own. Several may run at once: start them all before asking for an output. */
final class FreshJvm {
    static final String MODULE = "--add-modules=jdk.incubator.vector";

    private final Process process;
    private final Path errors;

    private FreshJvm(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    /**
     * Those of these options with which this machine computes as with no other of them: without vectors of 512 bits there
     * are no others than those of {@code UseAVX=2}.
     */
    static List<String> distinct(String... options) {
        boolean wide;
        try (CpuBackend backend = CpuBackend.open(1)) {
            wide = backend.name().contains("512 bits");
        }
        return Arrays.stream(options)
                .filter(option ->
                        wide || !List.of("UseAVX=3", "MaxVectorSize=32").contains(option))
                .toList();
    }

    static FreshJvm start(Class<?> program, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+IgnoreUnrecognizedVMOptions");
        // What the JVM has to say of its options would otherwise stand among the program's lines.
        command.addAll(List.of("-Xlog:disable", "-Xlog:all=warning:stderr"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        Path errors = Files.createTempFile("fresh-jvm", ".log");
        return new FreshJvm(
                new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
    }

    /** Waits for the program, which must succeed, and returns its lines. */
    List<String> output() throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        String messages = Files.readString(errors);
        Files.delete(errors);
        assertThat(status).as(messages).isZero();
        return out.lines().toList();
    }
}
