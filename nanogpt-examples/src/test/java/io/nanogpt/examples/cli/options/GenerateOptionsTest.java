package io.nanogpt.examples.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.Window;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class GenerateOptionsTest {
    @Test
    void nothingGivenLeavesTheDefaults() {
        assertThat(parse()).isEqualTo(GenerationOptions.defaults());
    }

    @Test
    void theEndOfARecordCanBePassed() {
        assertThat(parse("--no-record-end").output().recordEnd()).isFalse();
        assertThat(parse("--record-end").output().recordEnd()).isTrue();
    }

    @Test
    void theTimeoutIsInSeconds() {
        assertThat(parse("--timeout", "0.25").output().timeout()).hasValue(Duration.ofMillis(250));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "NaN", "1e300"})
    void aTimeoutThatIsNoTimeIsRefused(String seconds) {
        assertThatThrownBy(() -> parse("--timeout", seconds))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--timeout must be above 0 and at most 1000000000 seconds, but is ");
    }

    @Test
    void whatCountsBeyondTheContextIsChosen() {
        assertThat(parse("--beyond-context", "SLIDING").output().window()).isEqualTo(Window.sliding());
        assertThat(parse("--beyond-context", "DROP_HALF").output().window()).isEqualTo(Window.dropHalf());
        assertThat(parse("--beyond-context", "ROLLING").output().window()).isEqualTo(Window.rolling());
    }

    private static GenerationOptions parse(String... arguments) {
        GenerateOptions options = new GenerateOptions();
        new CommandLine(options).parseArgs(arguments);
        return options.options();
    }
}
