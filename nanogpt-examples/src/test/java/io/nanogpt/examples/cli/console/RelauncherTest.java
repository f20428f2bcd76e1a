package io.nanogpt.examples.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelauncherTest {
    private static final String WAIT = "wait";
    private static final int SIGINT = 2;

    @TempDir
    private Path folder;

    /** Prints whether the vector module is there, and copies standard input to standard error. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) throws Exception {
            if (Relauncher.isNeeded()) {
                System.exit(Relauncher.relaunch(Probe.class, arguments));
            }
            Relauncher.endWithParent();
            boolean vector =
                    ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
            System.out.println("vector " + vector + " " + String.join("|", arguments));
            if (arguments[0].equals(WAIT)) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    System.err.println("saved");
                    System.err.flush();
                }));
                System.out.println("ready");
                new CountDownLatch(1).await();
            }
            System.in.transferTo(System.err);
            System.err.flush();
            System.exit(7);
        }
    }

    @Test
    void theVectorModuleIsAddedAndStreamsArgumentsAndExitCodePass() throws Exception {
        Process process = probe(List.of(), "a b", "c");
        try (var in = process.getOutputStream()) {
            in.write("first\nWARNING: second\nü".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(text(process)).isEqualTo("vector true a b|c");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(7);
        // All of it, and no warning about incubator modules.
        assertThat(errors()).isEqualTo("first\nWARNING: second\nü");
    }

    @Test
    void aSystemPropertyTurnsItOff() throws Exception {
        Process process = probe(List.of("-Dnanogpt.relaunch=false"), "a b", "c");
        process.getOutputStream().close();
        assertThat(text(process)).isEqualTo("vector false a b|c");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no signals")
    void signalsEndBothProcessesAfterTheyHaveSaved(String signal, int code) throws Exception {
        Process process = probe(List.of(), WAIT);
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(out.readLine()).isEqualTo("vector true wait");
        assertThat(out.readLine()).isEqualTo("ready");
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(code);
        assertThat(out.readLine()).isNull();
        assertThat(errors()).isEqualTo("saved\n");
    }

    /**
     * A program whose children get SIGINT where this JVM ignores it: shells start their background jobs so, and children
     * inherit it.
     */
    private static List<String> interruptible() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return List.of();
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> line.substring("SigIgn:".length()).strip())
                .findFirst()
                .orElse("0");
        boolean isIgnored = (Long.parseUnsignedLong(ignored, 16) & 1L << (SIGINT - 1)) != 0;
        return isIgnored ? List.of("env", "--default-signal=INT") : List.of();
    }

    private static String text(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("errors"));
    }

    private Process probe(List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(interruptible());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, Probe.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("errors").toFile())
                .start();
    }
}
