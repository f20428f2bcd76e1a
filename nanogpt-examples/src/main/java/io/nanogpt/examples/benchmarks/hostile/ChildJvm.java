package io.nanogpt.examples.benchmarks.hostile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Another JVM that runs {@link ChildProgram}, with the class path and modules of this one. */
final class ChildJvm implements AutoCloseable {
    private static final long LOOK_MILLIS = 100;
    private static final String MODULES = "--add-modules";

    private final Process process;
    private final BufferedReader output;
    private final Path errors;

    private ChildJvm(Process process, Path errors) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.errors = errors;
    }

    /**
     * Starts a program.
     *
     * @param prefix words of the command before {@code java}
     * @param options options of the JVM
     * @param arguments arguments of the program
     */
    static ChildJvm start(Path work, List<String> prefix, List<String> options, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith(MODULES) || argument.startsWith("--enable-native-access"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(ChildProgram.class.getName());
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile(work, "child", ".err");
        return new ChildJvm(
                new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
    }

    static ChildJvm start(Path work, String... arguments) throws IOException {
        return start(work, List.of(), List.of(), arguments);
    }

    /** Waits for a line; null if the program ended. */
    @Nullable
    String line() throws IOException {
        return output.readLine();
    }

    /** Ends the program without any chance to tidy up. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end; returns the exit code, or -1 if the program is not done in time. */
    int await(long seconds) throws InterruptedException {
        Patience patience = new Patience(Duration.ofSeconds(seconds));
        long look = Math.min(LOOK_MILLIS, TimeUnit.SECONDS.toMillis(seconds));
        do {
            if (process.waitFor(look, TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } while (!patience.isOver());
        return -1;
    }

    /** What it wrote to standard error, but warnings of the JVM. */
    String errors() throws IOException {
        return Files.readAllLines(errors).stream()
                .filter(line -> !line.startsWith("WARNING"))
                .reduce("", (all, line) -> all + line + "\n");
    }

    @Override
    public void close() throws IOException {
        kill();
        output.close();
        Files.deleteIfExists(errors);
    }
}
