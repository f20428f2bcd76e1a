package io.nanogpt.impl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.experiment.Run.StepPoint;
import io.nanogpt.train.TrainingStep;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepPointsTest {
    /** A step of 100 tokens and half a second, whose loss is its number. */
    private record Step(int number) implements TrainingStep {
        @Override
        public float loss() {
            return number;
        }

        @Override
        public double learningRate() {
            return 1.0 / number;
        }

        @Override
        public double gradientNorm() {
            return 2.0 * number;
        }

        @Override
        public long tokens() {
            return 100L * number;
        }

        @Override
        public double stepSeconds() {
            return 0.5;
        }

        @Override
        public double seconds() {
            return 0.75 * number;
        }
    }

    private static StepPoints of(int first, int last) {
        StepPoints points = new StepPoints();
        points.begin(100L * (first - 1));
        for (int step = first; step <= last; step++) {
            points.add(new Step(step));
        }
        return points;
    }

    @Test
    void fewStepsAreAPointEach() {
        assertThat(of(1, 3).list())
                .containsExactly(
                        new StepPoint(1, 0.75, 1, 1, 2, 200),
                        new StepPoint(2, 1.5, 2, 0.5, 4, 200),
                        new StepPoint(3, 2.25, 3, 0.33333334, 6, 200));
    }

    @Test
    void manyStepsAreMeansOfAsManyEach() {
        List<StepPoint> points = of(1, 1000).list();
        assertThat(points).hasSize(250);
        StepPoint second = points.get(1);
        assertThat(second.step()).isEqualTo(8);
        assertThat(second.loss()).isEqualTo(6.5);
        assertThat(second.gradientNorm()).isEqualTo(10);
        assertThat(second.tokensPerSecond()).isCloseTo(200, within(1e-9));
    }

    @Test
    void stepsAfterARollbackReplaceTheEarlierOnes() {
        StepPoints points = of(1, 10);
        points.add(new Step(6));
        assertThat(points.list()).extracting(StepPoint::step).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void aResumedRunGoesOnAsIfItHadNotEnded() {
        for (int end : new int[] {3, 255, 600, 777}) {
            StepPoints resumed = new StepPoints();
            resumed.restore(of(1, end).list());
            resumed.begin(100L * end);
            for (int step = end + 1; step <= 1500; step++) {
                resumed.add(new Step(step));
            }
            List<StepPoint> whole = of(1, 1500).list();
            assertThat(resumed.list()).hasSameSizeAs(whole);
            for (int i = 0; i < whole.size(); i++) {
                assertThat(resumed.list().get(i).step()).isEqualTo(whole.get(i).step());
                assertThat(resumed.list().get(i).loss()).isCloseTo(whole.get(i).loss(), within(1e-3));
            }
        }
    }
}
