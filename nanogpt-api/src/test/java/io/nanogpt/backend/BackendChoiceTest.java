package io.nanogpt.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.spi.ArchitectureProvider;
import io.nanogpt.spi.BackendProvider;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendChoiceTest {
    @Test
    void kindsTellTheChoicesApart() {
        assertThat(List.of(Backends.auto(), Backends.cpu(), Backends.djl(), Backends.named("x")))
                .extracting(BackendChoice::kind)
                .containsExactly(BackendChoice.Kind.values());
        assertThat(Backends.named("x")).isEqualTo(new BackendChoice.Named("x"));
    }

    @Test
    void namesAndDevicesAreChecked() {
        assertThatThrownBy(() -> Backends.named(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a backend needs a name, but it is blank");
        assertThatThrownBy(() -> Backends.djl().withDevice("gpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no device is named gpu; the devices are cpu, cuda and cuda:N");
        assertThatThrownBy(() -> Backends.djl().withDevices("auto", "cpu"))
                .hasMessageContaining("no device is named auto");
        assertThatThrownBy(() -> Backends.djl().withDevices(new String[0]))
                .hasMessage("no device is given; name at least one, for example auto");
    }

    /** The api alone provides neither backends nor architectures. */
    @Test
    void withoutAnImplementationThereIsNoProvider() {
        assertThat(BackendProvider.all()).isEmpty();
        assertThat(ArchitectureProvider.all()).isEmpty();
        assertThatThrownBy(() -> BackendProvider.named("cpu"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("no backend is named cpu");
    }

    @Test
    void kernelsArePrintedInSmallLetters() {
        assertThat(Compute.Kernels.VECTOR).hasToString("vector");
        assertThatThrownBy(() -> new Compute("cpu", Compute.Kernels.SCALAR, "", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("advice");
    }
}
