package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelsChoiceTest {
    private static final String HOT_SPOT = "OpenJDK 64-Bit Server VM";
    private static final JvmFacts.Vectors VECTORS = vectors(JvmFacts.ModuleState.LOADED, 256);

    private static JvmFacts.Vectors vectors(JvmFacts.ModuleState state, int bits) {
        return new JvmFacts.Vectors(state, bits, Optional.empty());
    }

    private static KernelsChoice choose(int java, String vm, JvmFacts.Compiler compiler, JvmFacts.Vectors vectors) {
        return KernelsChoice.of(new JvmFacts(Optional.empty(), java, vm, compiler, true, vectors));
    }

    private static KernelsChoice request(String kernels, JvmFacts.Compiler compiler, JvmFacts.Vectors vectors) {
        return KernelsChoice.of(new JvmFacts(Optional.of(kernels), 17, HOT_SPOT, compiler, true, vectors));
    }

    private static void assertScalar(KernelsChoice choice, String reason, String cure) {
        assertThat(choice.vector()).isFalse();
        assertThat(choice.reason()).contains(reason);
        assertThat(choice.cure().orElseThrow()).contains(cure);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 21, 25})
    void hotSpotWithC2AndTheModuleHasVectorKernels(int java) {
        for (String vm : new String[] {HOT_SPOT, "Java HotSpot(TM) 64-Bit Server VM"}) {
            KernelsChoice choice = choose(java, vm, JvmFacts.Compiler.C2, vectors(JvmFacts.ModuleState.LOADED, 128));
            assertThat(choice.vector()).isTrue();
            assertThat(choice.reason()).contains("jdk.incubator.vector is loaded", "C2");
            assertThat(choice.cure()).isEmpty();
        }
    }

    @Test
    void withoutTheModuleTheyAreScalar() {
        assertScalar(
                choose(17, HOT_SPOT, JvmFacts.Compiler.C2, vectors(JvmFacts.ModuleState.NOT_LOADED, 0)),
                "jdk.incubator.vector is not loaded",
                "--add-modules jdk.incubator.vector");
        assertScalar(
                choose(17, HOT_SPOT, JvmFacts.Compiler.C2, vectors(JvmFacts.ModuleState.ABSENT, 0)),
                "has no module jdk.incubator.vector",
                "17 to 25");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Eclipse OpenJ9 VM",
                "Substrate VM",
                "Zing 64-Bit Tiered VM",
                "OpenJDK 64-Bit Zero VM",
                "OpenJDK Client VM",
                ""
            })
    void otherVirtualMachinesAreScalar(String vm) {
        assertScalar(choose(17, vm, JvmFacts.Compiler.C2, VECTORS), "the JVM is " + vm, "-Dnanogpt.kernels=vector");
    }

    @Test
    void withoutC2TheyAreScalar() {
        assertScalar(choose(17, HOT_SPOT, JvmFacts.Compiler.C1, VECTORS), "C1 alone", "without -XX:TieredStopAtLevel");
        assertScalar(choose(17, HOT_SPOT, JvmFacts.Compiler.INTERPRETER, VECTORS), "-Xint", "without -Xint");
        assertScalar(choose(17, HOT_SPOT, JvmFacts.Compiler.JVMCI, VECTORS), "JVMCI", "-XX:-UseJVMCICompiler");
    }

    @Test
    void aJavaThatWasNotTestedIsScalar() {
        assertScalar(
                choose(26, HOT_SPOT, JvmFacts.Compiler.C2, VECTORS),
                "Java 26 is newer than 25",
                "-Dnanogpt.kernels=vector");
    }

    @Test
    void narrowVectorsAreScalar() {
        assertScalar(
                choose(17, HOT_SPOT, JvmFacts.Compiler.C2, vectors(JvmFacts.ModuleState.LOADED, 64)),
                "have 64 bits, fewer than 128",
                "-Dnanogpt.kernels=vector");
    }

    /** Even where vector kernels are asked for: their multiply-adds would be computed one by one in software. */
    @Test
    void withoutFusedMultiplyAddTheyAreScalar() {
        JvmFacts jvm = new JvmFacts(Optional.empty(), 17, HOT_SPOT, JvmFacts.Compiler.C2, false, VECTORS);
        assertScalar(KernelsChoice.of(jvm), "no instruction for fused multiply-add", "a processor with FMA");
        JvmFacts forced = new JvmFacts(Optional.of("vector"), 17, HOT_SPOT, JvmFacts.Compiler.C2, false, VECTORS);
        assertThatThrownBy(() -> KernelsChoice.of(forced))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("nanogpt.kernels is vector", "fused multiply-add", "UseFMA");
    }

    @Test
    void aMissingClassIsScalar() {
        JvmFacts.Vectors minimized =
                new JvmFacts.Vectors(JvmFacts.ModuleState.LOADED, 256, Optional.of("io.nanogpt.impl.cpu.vector.X"));
        assertScalar(
                choose(17, HOT_SPOT, JvmFacts.Compiler.C2, minimized),
                "the class io.nanogpt.impl.cpu.vector.X cannot be loaded",
                "minimizeJar");
        assertScalar(
                KernelsChoice.withoutClasses(new NoClassDefFoundError("io/nanogpt/impl/cpu/vector/Tiles")),
                "Tiles",
                "io.nanogpt.impl.cpu.vector.**");
    }

    @Test
    void thePropertyForcesEither() {
        assertThat(request("scalar", JvmFacts.Compiler.C2, VECTORS))
                .isEqualTo(new KernelsChoice(false, "the system property nanogpt.kernels is scalar", Optional.empty()));
        for (JvmFacts.Compiler compiler : JvmFacts.Compiler.values()) {
            assertThat(request("vector", compiler, VECTORS).vector()).isTrue();
        }
    }

    @Test
    void thePropertyIsRefusedWhereItCannotBeFollowed() {
        assertThatThrownBy(() -> request("vektor", JvmFacts.Compiler.C2, VECTORS))
                .isInstanceOf(NanogptException.class)
                .hasMessage("the system property nanogpt.kernels must be vector or scalar, but is vektor");
        assertThatThrownBy(() -> request("vector", JvmFacts.Compiler.C2, vectors(JvmFacts.ModuleState.NOT_LOADED, 0)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("nanogpt.kernels is vector, but the module jdk.incubator.vector is not loaded")
                .hasMessageContaining("--add-modules");
    }
}
