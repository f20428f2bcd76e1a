package io.nanogpt.impl.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.train.TrainingStep;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class StepSeriesTest {
    private final StepSeries series = new StepSeries();
    private int norms;

    @Test
    void aShortRunHasItsSteps() {
        add(1, 3);

        JsonValue json = written(0);
        assertThat(numbers(json, "step")).containsExactly(1.0, 2.0, 3.0);
        assertThat(numbers(json, "loss")).containsExactly(1.0, 2.0, 3.0);
        assertThat(numbers(json, "tokens")).containsExactly(10.0, 20.0, 30.0);
        assertThat(numbers(json, "speed")).containsExactly(20.0, 20.0, 20.0);
        assertThat(numbers(written(2), "step")).containsExactly(3.0);
    }

    @Test
    void aLongRunHasMeansInBoundedMemory() {
        int steps = 10 * StepSeries.MOST + 7;
        add(1, steps);

        assertThat(series.stride()).isEqualTo(16);
        assertThat(series.size()).isEqualTo((steps + 15) / 16).isLessThanOrEqualTo(StepSeries.MOST);
        for (int point = 0; point < series.size(); point++) {
            int first = 16 * point + 1;
            int last = Math.min(steps, first + 15);
            assertThat(series.loss(point)).isEqualTo((first + last) / 2.0);
        }
        JsonValue json = written(1);
        assertThat(numbers(json, "low").get(0)).isEqualTo(17);
        assertThat(numbers(json, "high").get(0)).isEqualTo(32);
        assertThat(numbers(json, "speed")).allMatch(speed -> speed == 20);
        // A norm may have to be computed: it is asked for once a point.
        assertThat(norms).isLessThan(5 * StepSeries.MOST);
    }

    @Test
    void theSameStepsGiveTheSamePoints() {
        StepSeries other = new StepSeries();
        for (int step = 1; step <= 5000; step++) {
            other.add(step(step, step));
            if (step % 100 == 0) {
                LiveJson.text(json -> other.write(json, 0));
            }
        }
        add(1, 5000);
        assertThat(LiveJson.text(json -> other.write(json, 0))).isEqualTo(LiveJson.text(json -> series.write(json, 0)));
    }

    @Test
    void aRollbackRemovesWhatItUndid() {
        add(1, 10);
        int version = series.version();
        series.add(step(6, 100));

        assertThat(numbers(written(0), "step")).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
        assertThat(series.loss(5)).isEqualTo(100);
        assertThat(series.version()).isGreaterThan(version);
    }

    @Test
    void aNumberThatIsNotFiniteIsNull() {
        series.add(step(1, Float.NaN));
        assertThat(written(0).member("loss").elements().get(0).isNull()).isTrue();
    }

    private void add(int from, int to) {
        for (int number = from; number <= to; number++) {
            series.add(step(number, number));
        }
    }

    private JsonValue written(int from) {
        return JsonValue.parse(LiveJson.text(json -> series.write(json, from)), "the page", "points");
    }

    private static List<Double> numbers(JsonValue json, String name) {
        return json.member(name).elements().stream().map(JsonValue::number).toList();
    }

    private TrainingStep step(int number, float loss) {
        return new TrainingStep() {
            @Override
            public int number() {
                return number;
            }

            @Override
            public float loss() {
                return loss;
            }

            @Override
            public double learningRate() {
                return 0.003;
            }

            @Override
            public double gradientNorm() {
                norms++;
                return 1.5;
            }

            @Override
            public long tokens() {
                return 10L * number;
            }

            @Override
            public double stepSeconds() {
                return 0.5;
            }

            @Override
            public double seconds() {
                return number;
            }
        };
    }
}
