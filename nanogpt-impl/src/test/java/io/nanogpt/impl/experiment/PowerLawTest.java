package io.nanogpt.impl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.experiment.PowerLaw;
import io.nanogpt.experiment.PowerLaw.Scale;
import io.nanogpt.experiment.Run;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PowerLawTest {
    private static final double[] SIZES = {1e5, 3e5, 1e6, 3e6, 1e7, 3e7};
    /** 1.5 + 40 x^-0.3 with noise of a hundredth in the power. */
    private static final double[] NOISY = {2.791, 2.3868, 2.1366, 1.9534, 1.8163, 1.728};

    @Test
    void aLineIsThatOfNumpy() {
        // numpy.polyfit of the logarithms
        PowerLaw law = PowerLaw.fit(SIZES, NOISY);
        assertThat(law.factor()).isCloseTo(6.87374506523895, within(1e-9));
        assertThat(law.exponent()).isCloseTo(-0.08234642346071497, within(1e-12));
        assertThat(law.floor()).isZero();
        assertThat(law.rSquared()).isCloseTo(0.9642441912302981, within(1e-12));
        assertThat(law.points()).isEqualTo(6);
    }

    @Test
    void aFloorIsThatOfScipy() {
        // scipy.optimize.least_squares of the logarithms
        PowerLaw law = PowerLaw.fitWithFloor(SIZES, NOISY);
        assertThat(law.factor()).isCloseTo(51.40204, within(1e-3));
        assertThat(law.exponent()).isCloseTo(-0.32302448, within(1e-6));
        assertThat(law.floor()).isCloseTo(1.53379548, within(1e-6));
        assertThat(law.rSquared()).isCloseTo(0.9992335276720326, within(1e-9));
    }

    @Test
    void aLawIsFoundWhereItHolds() {
        for (double floor : new double[] {0, 0.3, 1.7}) {
            PowerLaw truth = new PowerLaw(12, -0.25, floor, 1, SIZES.length);
            double[] exact = Arrays.stream(SIZES).map(truth::at).toArray();
            PowerLaw law = floor == 0 ? PowerLaw.fit(SIZES, exact) : PowerLaw.fitWithFloor(SIZES, exact);
            assertThat(law.factor()).isCloseTo(12, within(1e-4));
            assertThat(law.exponent()).isCloseTo(-0.25, within(1e-6));
            assertThat(law.floor()).isCloseTo(floor, within(1e-5));
            assertThat(law.rSquared()).isCloseTo(1, within(1e-9));
            // Where there is no floor, none is found.
            assertThat(PowerLaw.fitWithFloor(SIZES, exact).at(1e8)).isCloseTo(truth.at(1e8), within(1e-4));
        }
    }

    @Test
    void runsGiveTheirSizesAndFinalLosses() {
        Run small = Runs.finished("a", Map.of(), 1, 4, 2);
        Run large = Runs.finished("b", Map.of(), 1, 4, 4, 4, 4, 1);
        Run failed = Runs.failed("c", Map.of(), "error");
        assertThat(Scale.PARAMETERS.of(small)).isEqualTo(827_392);
        assertThat(Scale.DATA.of(small)).isEqualTo(874_488);
        assertThat(Scale.TOKENS.of(small)).isEqualTo(100 * 768);
        assertThat(Scale.COMPUTE.of(small)).isEqualTo(6.0 * 827_392 * 100 * 768);
        PowerLaw law = PowerLaw.fit(Scale.TOKENS, List.of(small, failed, large));
        // Four times the tokens, half the loss.
        assertThat(law.exponent()).isCloseTo(-0.5, within(1e-12));
        assertThat(law.at(16 * 100 * 768)).isCloseTo(0.5, within(1e-9));
        assertThatThrownBy(() -> PowerLaw.fit(Scale.PARAMETERS, List.of(small, large)))
                .hasMessageContaining("at least 2 sizes");
    }

    @Test
    void whatHasNoLogarithmIsRefused() {
        assertThatThrownBy(() -> PowerLaw.fit(new double[] {1, 2}, new double[] {1, 0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("y 1 is 0.0");
        assertThatThrownBy(() -> PowerLaw.fit(new double[] {1, -2}, new double[] {1, 1}))
                .hasMessageContaining("x 1 is -2.0");
        assertThatThrownBy(() -> PowerLaw.fitWithFloor(new double[] {1, 2}, new double[] {1, 1}))
                .hasMessageContaining("at least 3 sizes");
        assertThatThrownBy(() -> PowerLaw.fit(new double[] {1, 2}, new double[] {1, 1, 1}))
                .hasMessageContaining("3 losses");
        assertThat(PowerLaw.fit(new double[] {1, 2}, new double[] {3, 3}).rSquared())
                .isEqualTo(1);
    }
}
