package io.nanogpt.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.spi.OutputOptions;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GenerationTest {
    @Test
    void aSetterRefusesWhatCannotWork() {
        assertRefused(options -> options.withTemperature(-1), "temperature must be at least 0, but is -1.0");
        assertRefused(options -> options.withTopK(0), "topK must be at least 1, but is 0");
        assertRefused(options -> options.withTopP(0), "topP must be above 0 and at most 1, but is 0.0");
        assertRefused(options -> options.withMinP(1), "minP must be in [0, 1), but is 1.0");
        assertRefused(options -> options.withTypical(2), "typical must be above 0 and at most 1, but is 2.0");
        assertRefused(
                options -> options.withRepetitionPenalty(0), "the repetition penalty must be above 0, but is 0.0");
        assertRefused(
                options -> options.withFrequencyPenalty(Double.NaN),
                "the frequency penalty must be finite, but is NaN");
        assertRefused(options -> options.withNoRepeatNgram(-1), "noRepeatNgram must be at least 0, but is -1");
        assertRefused(options -> options.withForbidden(""), "a forbidden text must not be empty");
        assertRefused(options -> options.withMaxTokens(0), "maxTokens must be at least 1, but is 0");
        assertRefused(options -> options.withStop(""), "a stop text must not be empty");
        assertRefused(options -> options.withTimeout(Duration.ofSeconds(-1)), "timeout must be above 0, but is PT-1S");
        assertRefused(options -> options.withLogProbabilities(-1), "logProbabilities must be at least 0, but is -1");
    }

    private static void assertRefused(UnaryOperator<GenerationOptions> setter, String message) {
        assertThatThrownBy(() -> setter.apply(GenerationOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void eachSetterChangesItsOptionAlone() {
        GenerationOptions options = GenerationOptions.temperature(0.5)
                .withTopK(3)
                .withStop("a")
                .withStop("b")
                .withMaxTokens(7)
                .withRecordEnd(false)
                .withTimeout(Duration.ofSeconds(2))
                .withLogProbabilities(1)
                .withForbidden("x")
                .withPattern(Pattern.compile("[a-z]*"))
                .withSeed(9);
        assertThat(options.temperature()).isEqualTo(0.5);
        assertThat(options.topK()).isEqualTo(3);
        assertThat(options.stops()).containsExactly("a", "b");
        assertThat(options.maxTokens()).isEqualTo(7);
        assertThat(options.output().recordEnd()).isFalse();
        assertThat(options.output().timeout()).hasValue(Duration.ofSeconds(2));
        assertThat(options.logProbabilities()).hasValue(1);
        assertThat(options.constraints().forbidden()).containsExactly("x");
        assertThat(options.seed()).isEqualTo(9);
        assertThat(GenerationOptions.defaults().output()).isEqualTo(OutputOptions.defaults());
        assertThat(OutputOptions.defaults().recordEnd()).isTrue();
    }

    @Test
    void aBeamSearchNeedsABeam() {
        assertThatThrownBy(() -> BeamSearch.of(0)).hasMessageStartingWith("beams must be from 1 to 1024, but is 0");
        assertThatThrownBy(() -> BeamSearch.of(100_000))
                .hasMessageStartingWith("beams must be from 1 to 1024, but is 100000");
        assertThatThrownBy(() -> new BeamSearch(1, -1)).hasMessage("lengthPenalty must be at least 0, but is -1.0");
        assertThat(BeamSearch.of(2).score(-6, 3)).isEqualTo(-2);
    }
}
