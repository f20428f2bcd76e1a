/**
 * Charts and reports of recorded runs, learning-rate searches, attention and tokens; no run is repeated. Start at
 * {@link io.nanogpt.chart.Charts}. Imports {@code experiment}, {@code generate}, {@code tokenizer}, {@code train} and
 * {@code spi}.
 *
 * <pre>{@code
 * List<Run> runs = RunLog.open(Path.of("runs")).list();
 * Charts.runs(RunPlot.STEPS, runs).writeSvg(Path.of("losses.svg"));
 * Report.of("Learning rates", runs).groupedBy("learning-rate").write(Path.of("report.html"));
 * }</pre>
 */
@NullMarked
package io.nanogpt.chart;

import org.jspecify.annotations.NullMarked;
