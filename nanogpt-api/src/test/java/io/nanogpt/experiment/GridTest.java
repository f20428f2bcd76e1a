package io.nanogpt.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class GridTest {
    private final Grid grid = Experiment.grid();

    @Test
    void whatCannotWorkIsRefused() {
        assertRefused(
                () -> grid.base("x", new Object()), "the setting x must be a number, a boolean, a text or a list");
        assertRefused(() -> grid.vary("x"), "the setting x varies over no value");
        assertRefused(() -> grid.vary("x", 1, new int[1]), "the setting x must be a number");
        assertRefused(() -> grid.variant("label", Map.of("x", Map.of())), "the setting x must be a number");
        assertRefused(() -> grid.seeds(new long[0]), "seeds must be at least one and all different, but are []");
        assertRefused(() -> grid.seeds(1, 1), "seeds must be at least one and all different, but are [1, 1]");
        assertRefused(() -> grid.parallel(0), "parallel must be at least 1, but is 0");
        assertRefused(() -> grid.checkpointEvery(0), "checkpointEvery must be at least 1, but is 0");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void everyMethodReturnsANewGrid() {
        Grid varied = grid.base("steps", 5).vary("rate", 0.1, 0.2).seeds(1, 2).parallel(3);
        assertThat(grid.base()).isEmpty();
        assertThat(varied.base()).containsExactly(Map.entry("steps", 5));
        assertThat(varied.varied()).containsExactly(Map.entry("rate", List.of(0.1, 0.2)));
        assertThat(varied.seeds()).containsExactly(1L, 2L);
        assertThat(varied.parallel()).hasValue(3);
        assertThat(grid.seeds()).containsExactly(1337L);
    }
}
