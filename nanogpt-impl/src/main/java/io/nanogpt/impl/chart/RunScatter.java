package io.nanogpt.impl.chart;

import io.nanogpt.experiment.Run;
import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.impl.chart.Mark.Dot;
import io.nanogpt.impl.chart.Mark.Line;
import io.nanogpt.impl.chart.Mark.Pen;
import io.nanogpt.impl.chart.RunGroups.Group;
import io.nanogpt.impl.chart.RunGroups.Repeats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Validation losses of final weights over numbers of parameters, with deviations over seeds. */
final class RunScatter {
    private static final double DOT = 5;

    private RunScatter() {}

    /** A point of the chart. */
    private record Model(int group, double parameters, Spread loss) {}

    static Scene draw(String title, double width, RunGroups groups) {
        List<Model> models = models(groups);
        if (models.isEmpty()) {
            throw new IllegalArgumentException(
                    "none of the runs came to its end with a finite loss and a number of parameters");
        }
        Page page = new Page(width, title);
        RunNotes.write(page, groups, "");
        Frame frame = Frame.on(
                page,
                Axis.logarithmic(
                        "parameters (logarithmic)",
                        Range.of(models.stream().map(Model::parameters).toList()),
                        Frame.ticksAcross(width)),
                Axis.linear(
                        "validation loss of the final weights (nats per token)",
                        Range.of(models.stream()
                                .flatMap(model -> Stream.of(model.loss.low(), model.loss.high()))
                                .toList()),
                        6));
        for (Model model : models) {
            Ink ink = Ink.ofSeries(model.group);
            page.add(Line.between(
                    frame.at(model.parameters, model.loss.low()),
                    frame.at(model.parameters, model.loss.high()),
                    new Pen(ink, 1.5, false)));
            page.add(new Dot(frame.at(model.parameters, model.loss.mean()), DOT, Page.shape(model.group), ink));
        }
        page.legend(legend(groups, models));
        return page.scene();
    }

    private static List<Model> models(RunGroups groups) {
        List<Model> models = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            for (Repeats repeats : groups.groups().get(g).repeats()) {
                List<Run> finished = repeats.finished();
                Optional<Spread> loss = RunBars.spread(repeats, Run::finalValidationLoss);
                if (loss.isPresent() && finished.get(0).measures().parameters() > 0) {
                    models.add(new Model(g, finished.get(0).measures().parameters(), loss.get()));
                }
            }
        }
        return models;
    }

    private static List<Page.Entry> legend(RunGroups groups, List<Model> models) {
        List<Page.Entry> entries = new ArrayList<>();
        for (int g = 0; g < groups.groups().size(); g++) {
            int group = g;
            if (models.stream().anyMatch(model -> model.group == group)) {
                Group drawn = groups.groups().get(g);
                entries.add(
                        new Page.Entry(drawn.label(), Ink.ofSeries(g), Optional.empty(), Optional.of(Page.shape(g))));
            }
        }
        return entries;
    }
}
