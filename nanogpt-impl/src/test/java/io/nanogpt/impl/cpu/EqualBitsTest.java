package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Losses, weights and logits have the same bits whatever the width of vectors, with and without the Vector API, on every
 * supported Java. The options are those of HotSpot on x86; a machine with narrower vectors than an option asks for runs
 * at its own width.
 */
@EnabledIfSystemProperty(named = "nanogpt.test.kernels", matches = "vector")
class EqualBitsTest {
    private static final String MODULE = FreshJvm.MODULE;
    /**
     * From a machine with vectors of 512 bits. A change of a kernel that changes a result changes these, and resuming a
     * run that began before it then no longer gives the same bytes: say so in the changelog.
     */
    private static final List<String> EXPECTED = List.of(
            "dropout: 138dc7e50678959d",
            "wide: 58c7e5f9540a9455",
            "grouped heads and a window: b23baa0c3a4a72be",
            "pairs of features: fcc089eaa2d0d830",
            "sinusoids: 45f1c83a336e4071",
            "recurrent: 15a1f08dd44b8c5f",
            "one-hot: 9320a7525b947ab7",
            "one-hot, unpadded: 8ea1b89236db0699",
            "convolution: 5839959e7a300f12",
            "embeddings, unpadded: 3ede49e02fadc696",
            "refinements: bde658fc7d9ab3b3",
            "refinements, three matrices: 5b51f98a3bc9f1ee",
            "n-gram tables: 07801b1a38e993b1",
            "projected n-gram tables: 8fcbd11d58d2e8db",
            "shared weights: cae6cba6351a4454",
            "parallel blocks: 15fd396b8fbacb54",
            "norms before and after: e72575e1d4a8fa48",
            "norms after: b41276cbfc5b57a8",
            "wide, by Muon: b50bea3ac0d24caa");

    private static List<String> here = List.of();

    @BeforeAll
    static void trainHere() throws IOException, InterruptedException {
        here = train(MODULE);
        assertThat(here.get(0)).contains("vector");
    }

    /** The kernels, and a line for each model. */
    private static List<String> train(String... options) throws IOException, InterruptedException {
        return FreshJvm.start(TrainedBits.class, options).output();
    }

    private static List<String> models(List<String> output) {
        return output.subList(1, output.size());
    }

    @Test
    void theyAreThoseOfOtherMachinesAndVersionsOfJava() {
        assertThat(models(here)).isEqualTo(EXPECTED);
    }

    @Test
    void theWidthOfVectorsDoesNotMatter() throws IOException, InterruptedException {
        for (FreshJvm jvm :
                start(TrainedBits.class, "MaxVectorSize=16", "MaxVectorSize=32").values()) {
            List<String> output = jvm.output();
            assertThat(output.get(0)).matches(".*vector \\((128|256) bits\\).*");
            assertThat(models(output)).isEqualTo(models(here));
        }
    }

    /** A JVM for each option that this machine has. */
    private static Map<String, FreshJvm> start(Class<?> program, String... options) throws IOException {
        Map<String, FreshJvm> jvms = new LinkedHashMap<>();
        for (String option : FreshJvm.distinct(options)) {
            jvms.put(option, FreshJvm.start(program, MODULE, "-XX:" + option));
        }
        return jvms;
    }

    @Test
    void theInstructionSetDoesNotMatter() throws IOException, InterruptedException {
        // Without wider vectors, the second option is what the JVM here did already.
        String[] options =
                here.get(0).contains("512 bits") ? new String[] {"UseAVX=1", "UseAVX=2"} : new String[] {"UseAVX=1"};
        for (FreshJvm jvm : start(TrainedBits.class, options).values()) {
            assertThat(models(jvm.output())).isEqualTo(models(here));
        }
    }

    /** Also those whose sizes the models do not have. */
    @Test
    void productsDoNotDependOnTheTilesOfAMachine() throws IOException, InterruptedException {
        String expected = Integer.toString(ProductBits.hash(new ScalarKernels()));
        Map<String, FreshJvm> jvms =
                start(ProductBits.class, "UseAVX=3", "UseAVX=2", "UseAVX=1", "MaxVectorSize=32", "MaxVectorSize=16");
        for (Map.Entry<String, FreshJvm> jvm : jvms.entrySet()) {
            List<String> output = jvm.getValue().output();
            assertThat(output).as(jvm.getKey()).hasSize(2).last().isEqualTo(expected);
            assertThat(output.get(0)).contains("vector");
        }
    }

    @Test
    void theVectorApiDoesNotMatter() throws IOException, InterruptedException {
        List<String> scalar = train("-Dnanogpt.kernels=scalar");
        assertThat(scalar.get(0)).contains("scalar");
        assertThat(models(scalar)).isEqualTo(models(here));
    }

    /** It differs in bits, but is as fast as multiplying and adding is. */
    @Test
    void withoutFusedMultiplyAddTrainingIsSlightlyDifferentAndDoesNotHang() throws IOException, InterruptedException {
        List<String> unfused = train(MODULE, "-XX:-UseFMA");
        assertThat(unfused.get(0)).isEqualTo("cpu, scalar, without fused multiply-add, 2 threads");
        assertThat(models(unfused)).hasSameSizeAs(EXPECTED).isNotEqualTo(models(here));
    }
}
