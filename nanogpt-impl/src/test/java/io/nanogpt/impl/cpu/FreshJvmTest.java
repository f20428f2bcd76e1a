package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Boxed vectors cost more than all arithmetic, and whether a JVM boxes them depends on the order in which its kernels
 * get hot. The test therefore starts fresh JVMs, at each width of vectors with the tiles that it has. Of sixty on JDK 17
 * none boxed vectors; one in three may, in case it is only rare.
 */
class FreshJvmTest {
    private static final int JVMS = 3;
    /** A boxed vector of 128 bits is 32 bytes, and a step of the small model has tens of thousands. */
    private static final long BYTES = 500;

    @ParameterizedTest
    @ValueSource(strings = {"UseAVX=3", "UseAVX=2", "MaxVectorSize=16"})
    void aStepBoxesNoVectors(String option) throws IOException, InterruptedException {
        requireNoVectors(option, AllocatingSteps.class);
    }

    /** On JDK 25 two of three JVMs box the exponentials of a softmax of one row: see docs/performance.md. */
    @ParameterizedTest
    @EnabledForJreRange(max = JRE.JAVA_17)
    @ValueSource(strings = {"UseAVX=3", "UseAVX=2"})
    void decodingManySequencesBoxesNoVectors(String option) throws IOException, InterruptedException {
        requireNoVectors(option, AllocatingDecoding.class);
    }

    private static void requireNoVectors(String option, Class<?> program) throws IOException, InterruptedException {
        List<Long> allocated = new ArrayList<>();
        int good = 0;
        while (good < JVMS - 1 && allocated.size() < JVMS) {
            long bytes = bytesPerStep(option, program);
            allocated.add(bytes);
            good += bytes < BYTES ? 1 : 0;
        }
        assertThat(good).as("bytes a step in fresh JVMs: %s", allocated).isEqualTo(JVMS - 1);
    }

    private static long bytesPerStep(String option, Class<?> program) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-XX:" + option,
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return Long.parseLong(output.strip());
    }
}
