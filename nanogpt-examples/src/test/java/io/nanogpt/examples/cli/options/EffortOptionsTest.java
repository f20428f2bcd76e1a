package io.nanogpt.examples.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

@Tag("any-jdk")
class EffortOptionsTest {
    @ParameterizedTest
    @CsvSource({"5, PT5M", ".5, PT30S", "30s, PT30S", "1.5m, PT90S", "2h, PT2H", "1s, PT1S", "8760h, PT8760H"})
    void aBudgetIsInMinutesOrInWhatItsLetterSays(String value, Duration budget) {
        assertThat(new EffortOptions.Minutes().convert(value)).isEqualTo(budget);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5 m", "-1", "0", "0.5s", "1e3", "5d", "8761h", "NaN", "."})
    void otherBudgetsAreRefused(String value) {
        assertThatThrownBy(() -> new EffortOptions.Minutes().convert(value))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage(
                        "must be minutes, or a number with s, m or h, from a second, 1s, to a year, but is " + value);
    }
}
