package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.impl.cpu.scalar.ScalarKernels;
import org.junit.jupiter.api.Test;

class KernelsProviderTest {
    @Test
    void scalarKernelsReplaceVectorKernelsThatAreMissing() {
        assertThat(KernelsProvider.load("io.nanogpt.impl.cpu.vector.Removed")).isInstanceOf(ScalarKernels.class);
    }

    @Test
    void aBrokenClassOfKernelsIsNamed() {
        assertThatThrownBy(() -> KernelsProvider.load(Abstract.class.getName()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Abstract.class.getName());
    }

    /** Cannot be instantiated. */
    public abstract static class Abstract implements Kernels {
        public Abstract() {}
    }
}
