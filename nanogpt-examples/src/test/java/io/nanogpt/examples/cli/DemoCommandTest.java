package io.nanogpt.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.examples.cli.console.ThreeSamples;
import io.nanogpt.train.TrainingListener;
import io.nanogpt.train.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class DemoCommandTest {
    @Test
    void aCaptionThatIsCutOffEndsWithAnEllipsis() {
        assertThat(DemoCommand.caption("H&E stain. In the\nliver ")).isEqualTo("H&E stain. In the liver…");
        assertThat(DemoCommand.caption("H&E stain.\n")).isEqualTo("H&E stain.");
    }

    @Test
    void samplesAreShownAtTheStartInTheMiddleAndAtTheEnd() {
        List<String> shown = new ArrayList<>();
        ThreeSamples samples =
                new ThreeSamples(new TrainingListener() {}, (step, text) -> shown.add(step + " " + text));
        samples.onStart(TrainingPlan.builder().steps(100).build());
        for (int step = 0; step <= 100; step += 20) {
            samples.onSample(step, "H&E", " stain");
        }
        assertThat(shown).containsExactly("0 H&E stain", "60 H&E stain", "100 H&E stain");
    }

    @Test
    void theDemoEndsWithThreeCommands() {
        Outcome demo = Outcome.run("demo", "--steps", "1");

        assertThat(demo.code()).isZero();
        assertThat(demo.out().lines().dropWhile(line -> !line.equals("next:")).skip(1))
                .hasSize(3)
                .allMatch(line -> line.contains(" --out ") || line.contains(" --model "));
        assertThat(demo.err()).contains("it writes before its first step: H&E");
    }
}
