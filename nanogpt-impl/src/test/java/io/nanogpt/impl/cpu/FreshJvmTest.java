package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Boxed vectors cost more than all arithmetic, and whether a JVM boxes them depends on the order in which its kernels
 * get hot. The test therefore starts fresh JVMs, at each width of vectors with the tiles that it has. Of sixty on JDK 17
 * none boxed vectors; one in three may, in case it is only rare. A JVM that boxed nothing decides alone, as what this
 * guards against, a kernel that the compiler does not understand, is seen in most JVMs; after one that boxed, two others
 * must both box nothing.
 */
class FreshJvmTest {
    /** A boxed vector of 128 bits is 32 bytes, and a step of the small model has tens of thousands. */
    private static final long BYTES = 500;

    @ParameterizedTest
    @MethodSource("widths")
    void aStepBoxesNoVectors(String option) throws IOException, InterruptedException {
        requireNoVectors(List.of("-XX:" + option), AllocatingSteps.class);
    }

    static List<String> widths() {
        return FreshJvm.distinct("UseAVX=3", "UseAVX=2", "MaxVectorSize=16");
    }

    static List<String> wideOnes() {
        return FreshJvm.distinct("UseAVX=3", "UseAVX=2");
    }

    /** On JDK 25 two of three JVMs box the exponentials of a softmax of one row: see docs/performance.md. */
    @ParameterizedTest
    @EnabledForJreRange(max = JRE.JAVA_17)
    @MethodSource("wideOnes")
    void decodingManySequencesBoxesNoVectors(String option) throws IOException, InterruptedException {
        requireNoVectors(List.of("-XX:" + option), AllocatingDecoding.class);
    }

    /**
     * Of one sequence, with the products of a single row, and of many. Of a single row the exponentials of a softmax may be
     * boxed, some tens of kilobytes, also with weights that are not rounded; the vectors of a product are some hundreds.
     */
    @ParameterizedTest
    @EnabledForJreRange(max = JRE.JAVA_17)
    @CsvSource({"UseAVX=3, BF16, 1", "UseAVX=2, INT8, 21"})
    void decodingWithRoundedWeightsBoxesNoVectors(String option, String precision, int sequences)
            throws IOException, InterruptedException {
        requireNoVectors(
                List.of(
                        "-XX:" + option,
                        "-Dnanogpt.test.precision=" + precision,
                        "-Dnanogpt.test.sequences=" + sequences),
                AllocatingDecoding.class,
                sequences == 1 ? 100_000 : BYTES);
    }

    private static void requireNoVectors(List<String> options, Class<?> program)
            throws IOException, InterruptedException {
        requireNoVectors(options, program, BYTES);
    }

    private static void requireNoVectors(List<String> options, Class<?> program, long limit)
            throws IOException, InterruptedException {
        long first = bytesPerStep(start(options, program));
        if (first < limit) {
            return;
        }
        List<Long> others = new ArrayList<>();
        for (FreshJvm jvm : List.of(start(options, program), start(options, program))) {
            others.add(bytesPerStep(jvm));
        }
        assertThat(others)
                .as("bytes a step in fresh JVMs, after one with %,d", first)
                .allMatch(bytes -> bytes < limit);
    }

    private static FreshJvm start(List<String> options, Class<?> program) throws IOException {
        List<String> all = new ArrayList<>(options);
        all.add(FreshJvm.MODULE);
        return FreshJvm.start(program, all.toArray(String[]::new));
    }

    private static long bytesPerStep(FreshJvm jvm) throws IOException, InterruptedException {
        return Long.parseLong(jvm.output().get(0));
    }
}
