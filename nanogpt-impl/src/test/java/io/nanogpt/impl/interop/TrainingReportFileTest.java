package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.backend.Compute;
import io.nanogpt.train.Baselines;
import io.nanogpt.train.TrainingPlan;
import io.nanogpt.train.TrainingReport;
import io.nanogpt.train.TrainingReport.EvaluationPoint;
import io.nanogpt.train.TrainingReport.StopReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("any-jdk")
class TrainingReportFileTest {
    static final TrainingReport REPORT = new TrainingReport(
            TrainingPlan.builder()
                    .compute(new Compute(
                            "cpu (vector, 512 bits, 2 threads)",
                            Compute.Kernels.VECTOR,
                            "the module is loaded",
                            Optional.of("nothing")))
                    .parameters(827_392)
                    .vocabularySize(109)
                    .trainTokens(874_488)
                    .validationTokens(97_166)
                    .firstStep(11)
                    .steps(200)
                    .tokensPerStep(768)
                    .flopsPerToken(5_000_000_000L)
                    .peakFlops(1.5e12)
                    .stepsPerEpoch(1138.7)
                    .epochs(0.1 + 0.2)
                    .estimatedSeconds(61.25)
                    .estimatedBytes(40_000_000)
                    .settings(Map.of("seed", "1337"))
                    .build(),
            200,
            StopReason.NO_PROGRESS,
            List.of(new EvaluationPoint(0, 4.7, 4.8, 0.5), new EvaluationPoint(200, 1.25, 1 / 3.0, 9)),
            200,
            36.5,
            21_000,
            10.25,
            Optional.of(new Baselines(4.69, List.of(3.25, 1 / 7.0), "only two")));

    @TempDir
    private Path folder;

    @Test
    void aLossOfTheSameSplitIsConvertedByTheRatioOfTheLast() {
        assertThat(REPORT.bitsPerByte(1)).isEmpty();
        TrainingReport known = new TrainingReport(
                REPORT.plan(),
                2,
                StopReason.NO_PROGRESS,
                List.of(new EvaluationPoint(2, 1, 0.5, 9, OptionalDouble.empty(), OptionalDouble.of(0.75))),
                2,
                1,
                1,
                1);
        assertThat(known.bitsPerByte(2)).hasValue(3);
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path file = folder.resolve(TrainingReportFile.NAME);
        assertThat(TrainingReportFile.read(file, weights -> true)).isEmpty();
        Files.write(file, TrainingReportFile.bytes(REPORT, Optional.empty()));
        assertThat(TrainingReportFile.read(file, weights -> true)).hasValue(REPORT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "version": 1          | "version": 2         | version: expected a whole number from 1 to 1
        "seconds": 10.25      | "second": 10.25      | second: unknown
        "NO_PROGRESS"          | "TIRED"               | reason: expected one of [DONE
        "bestStep": 200       | "bestStep": -1       | bestStep: expected a whole number from 0
        "bestStep": 200       | "bestStep": 1e300    | bestStep: expected a whole number from 0
        "validationLoss": 4.8 | "validationLoss": 1e999 | validationLoss: expected a finite number
        "validationLoss": 4.8 | "validationLoss": "low" | evaluations[0].validationLoss: expected a number
        "uniform": 4.69       | "guess": 4.69        | baselines.guess: unknown
        "seed": "1337"        | "seed": 1337         | plan.settings.seed: expected a string
        "backend"              | "machine"             | plan.compute.machine: unknown
        "VECTOR"               | "FAST"                | plan.compute.kernels: expected one of [VECTOR
        """)
    void whatIsWrongIsNamed(String right, String wrong, String message) throws IOException {
        Path file = folder.resolve(TrainingReportFile.NAME);
        String text = new String(TrainingReportFile.bytes(REPORT, Optional.empty()), StandardCharsets.UTF_8);
        assertThat(text).contains(right);
        Files.writeString(file, text.replace(right, wrong));
        assertThatThrownBy(() -> TrainingReportFile.read(file, weights -> true))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(file.toString(), message);
    }
}
