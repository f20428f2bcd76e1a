package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.impl.conformance.SampleRun;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BackendProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class SquaredReluTest {
    @Test
    void itsGradientIsItsDerivative() {
        try (Backend backend = BackendProvider.named("cpu").open(1);
                SampleRun run = new SampleRun(backend, Gradients.training(new Bigram(23, 20).graph()), 5, 70, 23)) {
            assertThat(run.derivativeRatio(7)).isCloseTo(1, within(0.02));
        }
    }
}
