package io.nanogpt.impl.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Side effects of the native library on the process that loads it. */
class OnnxRuntimeTest {
    /** Number of class path entries of a large program. */
    private static final int PLACES = 400;

    @TempDir
    private Path home;

    /** ONNX Runtime 1.29 reads the command line to report it, with a recursion that ends the process if it is long. */
    @Test
    void loadingReportsNothingAndAnyCommandLineIsShortEnough() throws IOException, InterruptedException {
        String places = (File.pathSeparator + home.resolve("a-library-of-somebody-else.jar")).repeat(PLACES);
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path") + places,
                Loading.class.getName());
        builder.environment().put("HOME", home.toString());
        builder.environment().keySet().removeAll(Set.of("CI", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"));
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("loaded");
        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files).containsExactly(home);
        }
    }

    /** The program of that process. */
    static final class Loading {
        private Loading() {}

        public static void main(String[] arguments) {
            System.out.println("loaded " + OnnxRuntime.environment().getVersion());
        }
    }
}
