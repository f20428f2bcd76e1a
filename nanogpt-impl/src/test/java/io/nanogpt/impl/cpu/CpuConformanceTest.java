package io.nanogpt.impl.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.conformance.BackendConformance;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.Decoder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("kernels")
class CpuConformanceTest extends BackendConformance {
    @Override
    protected Stream<Opener> openers() {
        return KernelsUnderTest.all().stream()
                .map(kernels -> new Opener(kernels.name(), () -> CpuBackend.open(2, kernels)));
    }

    @ParameterizedTest
    @EnumSource
    void decodingInPiecesGivesTheSameBytes(Family family) {
        try (Backend backend = CpuBackend.open(1);
                SafetensorsFile expected = family.expected()) {
            int[] tokens = Family.ids(expected, "tokens");
            Decoder decoder = backend.decoder(family.architecture.graph(), load(family, backend), Family.LENGTH);
            float[] byTokens = new float[Family.VOCABULARY];
            for (int t = 0; t < Family.LENGTH; t++) {
                decoder.feed(tokens, t, 1, byTokens);
            }
            float[] logits = new float[Family.VOCABULARY];
            decoder.reset();
            decoder.feed(tokens, 0, 5, logits);
            decoder.feed(tokens, 5, Family.LENGTH - 5, logits);
            assertThat(logits).containsExactly(byTokens);
        }
    }
}
