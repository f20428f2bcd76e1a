package io.nanogpt.impl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.experiment.ResultTable;
import io.nanogpt.experiment.Run;
import io.nanogpt.experiment.Statistics;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    private static final Map<String, String> SLOW = Runs.settings("steps", "200", "learning-rate", "0.0001");
    private static final Map<String, String> FAST = Runs.settings("steps", "200", "learning-rate", "0.001");
    private static final List<Run> RUNS = List.of(
            Runs.finished("a", SLOW, 1, 4.5, 2.5),
            Runs.finished("b", FAST, 1, 4.5, 1.0, 1.25),
            Runs.finished("c", FAST, 2, 4.5, 1.5),
            Runs.failed("d", Runs.settings("learning-rate", "100"), "the loss | is\nNaN, \"alas\""));

    @Test
    void oneRowPerRunWithTheSettingsThatDiffer() {
        ResultTable table = ResultTable.of(RUNS);
        assertThat(table.settings()).containsExactly("learning-rate");
        assertThat(table.rows()).hasSize(4);
        assertThat(table.rows().get(1).settings()).containsExactly(Map.entry("learning-rate", "0.001"));
        assertThat(table.rows().get(1).validationLoss().mean()).isEqualTo(1.25);
        assertThat(table.rows().get(1).bestValidationLoss().mean()).isEqualTo(1.0);
        assertThat(table.rows().get(1).trainLoss().mean()).isEqualTo(1.0);
        assertThat(table.rows().get(3).validationLoss().count()).isZero();
        assertThat(table.format(ResultTable.Format.MARKDOWN)).isEqualTo("""
                | id  | label   | learning-rate | seed | state    | step | train_loss | validation_loss | best_validation_loss | seconds | error                       |
                | --- | ------- | ------------- | ---: | -------- | ---: | ---------: | --------------: | -------------------: | ------: | --------------------------- |
                | a   | a label | 0.0001        |    1 | finished |  100 |     2.2500 |          2.5000 |               2.5000 |     2.6 |                             |
                | b   | a label | 0.001         |    1 | finished |  200 |     1.0000 |          1.2500 |               1.0000 |     2.6 |                             |
                | c   | a label | 0.001         |    2 | finished |  100 |     1.2500 |          1.5000 |               1.5000 |     2.6 |                             |
                | d   | a label | 100           |    1 | failed   |      |            |                 |                      |     0.0 | the loss \\| is\\nNaN, "alas" |
                """);
    }

    @Test
    void oneRowForAllSeedsOfASetup() {
        ResultTable table = ResultTable.overSeeds(RUNS);
        assertThat(table.rows()).hasSize(3);
        ResultTable.Row row = table.rows().get(1);
        assertThat(row.runs()).extracting(Run::id).containsExactly("b", "c");
        assertThat(row.validationLoss().mean()).isEqualTo(1.375);
        assertThat(table.format(ResultTable.Format.CSV)).isEqualTo("""
                label,learning-rate,runs,finished,train_loss,validation_loss,deviation,low,high,best_validation_loss,seconds,error\r
                a label,0.0001,1,1,2.25,2.5,,,,2.5,2.625,\r
                a label,0.001,2,2,1.125,1.375,%s,%s,%s,1.25,2.625,\r
                a label,100,1,0,,,,,,,,"the loss | is
                NaN, ""alas""\"\r
                """.formatted(
                        row.validationLoss().deviation(),
                        row.validationLoss().low(),
                        row.validationLoss().high()));
        assertThat(table.format(ResultTable.Format.JSON))
                .startsWith("{\"rows\":[{\"label\":\"a label\",\"learning-rate\":\"0.0001\",\"runs\":1,\"finished\":1,"
                        + "\"train_loss\":2.25,\"validation_loss\":2.5,\"deviation\":null,")
                .endsWith("\"error\":\"the loss | is\\nNaN, \\\"alas\\\"\"}]}\n");
    }

    /** A run that failed before it started lacks the settings that it left at their defaults. */
    @Test
    void aSettingThatARunLacksDiffers() {
        Map<String, String> other = Runs.settings("steps", "200", "learning-rate", "0.001", "window", "8");
        List<Run> runs = List.of(Runs.finished("a", FAST, 1, 1), Runs.finished("b", other, 1, 1));
        assertThat(ResultTable.of(runs).settings()).containsExactly("window");
        assertThat(ResultTable.of(List.of(RUNS.get(1), RUNS.get(2))).settings()).isEmpty();
        assertThat(ResultTable.of(List.of()).rows()).isEmpty();
    }

    @Test
    void statisticsAreThoseOfTheTextbook() {
        // numpy: mean, std(ddof=1); scipy.stats.t.interval(0.95, 4, mean, sem) and 0.99
        double[] losses = {1.12, 1.16, 1.13, 1.19, 1.15};
        Statistics statistics = Statistics.of(losses);
        assertThat(statistics.count()).isEqualTo(5);
        assertThat(statistics.mean()).isCloseTo(1.15, within(1e-12));
        assertThat(statistics.deviation()).isCloseTo(0.027386127875258272, within(1e-12));
        assertThat(statistics.low()).isCloseTo(1.115995630967087, within(1e-9));
        assertThat(statistics.high()).isCloseTo(1.1840043690329127, within(1e-9));
        assertThat(Statistics.of(0.99, losses).low()).isCloseTo(1.0936115841891378, within(1e-9));
        assertThat(Statistics.of(2)).isEqualTo(new Statistics(1, 2, Double.NaN, Double.NaN, Double.NaN));
        assertThat(Statistics.of().mean()).isNaN();
        assertThatThrownBy(() -> Statistics.of(1, losses)).hasMessageContaining("in (0, 1)");
    }
}
