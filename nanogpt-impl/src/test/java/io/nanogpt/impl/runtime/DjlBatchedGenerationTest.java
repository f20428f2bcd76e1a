package io.nanogpt.impl.runtime;

import static io.nanogpt.impl.runtime.BatchedGenerationTest.model;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.LanguageModel;
import io.nanogpt.backend.Backends;
import io.nanogpt.generate.BatchOptions;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Window;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.djl.DjlBackend;
import io.nanogpt.impl.fakes.FedTokens;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.Architecture;
import io.nanogpt.model.LstmConfig;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Texts that are generated together through DJL are those of the CPU backend, token for token. */
@EnabledOnOs(
        value = OS.LINUX,
        architectures = "amd64",
        disabledReason = "PyTorch is on the class path for Linux on x86-64")
@Tag("any-jdk")
@Timeout(300)
class DjlBatchedGenerationTest {
    private static final List<String> PROMPTS = IntStream.range(0, 20)
            .mapToObj(i -> "abc".repeat(1 + i % 9) + (char) ('a' + i))
            .toList();

    private static DjlBackend djl() {
        return DjlBackend.open(Backends.djl().withDevice("cpu"), 1);
    }

    @Test
    void textsOfAListAreThoseOfTheCpuBackend() {
        GenerationOptions greedy = GenerationOptions.greedy().withMaxTokens(30);
        GenerationOptions drawn =
                GenerationOptions.temperature(1).withMaxTokens(30).withWindow(Window.dropHalf());
        for (Architecture architecture : List.of(
                BatchedGenerationTest.TRANSFORMER,
                BatchedGenerationTest.ROTARY,
                Zoo.create(new LstmConfig(1, 16, 16, 24, 28)))) {
            try (LanguageModel expected = model(architecture, CpuBackend.open(1));
                    LanguageModel actual = model(architecture, djl())) {
                actual.batching(BatchOptions.defaults().withSequences(7).withPrefixCacheBytes(100_000));
                for (GenerationOptions options : List.of(greedy, drawn)) {
                    assertThat(actual.generate(PROMPTS, options)).isEqualTo(expected.generate(PROMPTS, options));
                }
            }
        }
    }

    @Test
    void samplesAndBeamsFeedTheirPromptOnce() {
        GenerationOptions options = GenerationOptions.temperature(1).withMaxTokens(4);
        FedTokens fed = new FedTokens(djl());
        try (LanguageModel expected = model(BatchedGenerationTest.TRANSFORMER, CpuBackend.open(1));
                LanguageModel actual = model(BatchedGenerationTest.TRANSFORMER, fed)) {
            assertThat(actual.samples("abcdefghij", 5, options)).isEqualTo(expected.samples("abcdefghij", 5, options));
            assertThat(fed.takeFed()).isEqualTo(10 + 5 * 3);
            assertThat(actual.beamSearch("abc", BeamSearch.of(3), options)
                            .get(0)
                            .text())
                    .isEqualTo(expected.beamSearch("abc", BeamSearch.of(3), options)
                            .get(0)
                            .text());
        }
    }
}
