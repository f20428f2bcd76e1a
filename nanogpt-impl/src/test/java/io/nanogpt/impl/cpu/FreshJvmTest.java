package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Boxed vectors cost more than all arithmetic, and whether a JVM boxes them depends on the order in which its kernels
 * get hot. The test therefore starts fresh JVMs. Of sixty on JDK 17 none boxed vectors; one in three may, in case it is
 * only rare.
 */
class FreshJvmTest {
    private static final int JVMS = 3;
    /** A boxed vector of 512 bits is 80 bytes, and a step of the small model has tens of thousands. */
    private static final long BYTES = 500;

    @Test
    void aStepBoxesNoVectors() throws IOException, InterruptedException {
        List<Long> allocated = new ArrayList<>();
        for (int i = 0; i < JVMS; i++) {
            allocated.add(bytesPerStep());
        }
        assertThat(allocated.stream().filter(bytes -> bytes < BYTES).count())
                .as("bytes a step in fresh JVMs: %s", allocated)
                .isGreaterThanOrEqualTo(JVMS - 1);
    }

    private static long bytesPerStep() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AllocatingSteps.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return Long.parseLong(output.strip());
    }
}
