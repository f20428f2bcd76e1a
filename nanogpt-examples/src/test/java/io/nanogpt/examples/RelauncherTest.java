package io.nanogpt.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RelauncherTest {
    /** Prints whether the vector module is there. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) {
            if (Relauncher.isNeeded()) {
                System.exit(Relauncher.relaunch(Probe.class, arguments));
            }
            boolean vector =
                    ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
            System.out.println("vector " + vector + " " + String.join("|", arguments));
            System.exit(7);
        }
    }

    @Test
    void theVectorModuleIsAddedAndArgumentsAndExitCodeAreForwarded() throws Exception {
        assertThat(probe()).isEqualTo("vector true a b|c 7");
    }

    @Test
    void aSystemPropertyForbidsIt() throws Exception {
        assertThat(probe("-Dnanogpt.relaunch=false")).isEqualTo("vector false a b|c 7");
    }

    private static String probe(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath));
        command.addAll(List.of(Probe.class.getName(), "a b", "c"));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return out.strip() + " " + process.exitValue();
    }
}
