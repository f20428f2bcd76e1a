package io.nanogpt.impl.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.chart.Axis.Range;
import io.nanogpt.impl.chart.Axis.Tick;
import io.nanogpt.impl.chart.Mark.Point;
import io.nanogpt.impl.chart.Mark.Text;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Axes, and the labels at the top of a plot. */
@Tag("any-jdk")
class FrameTest {
    @Test
    void aNarrowAxisHasThreeTicks() {
        assertThat(Axis.tight("loss", new Range(2.44, 2.75), 3).ticks())
                .extracting(Tick::label)
                .containsExactly("2.5", "2.6", "2.7");
    }

    @Test
    void labelsOfArrowsMakeRoomForOneAnother() {
        for (double width : new double[] {240, 760}) {
            Frame frame = Frame.on(
                    new Page(width, "norms"),
                    Axis.tight("steps", new Range(0, 100), 4),
                    Axis.linear("norm", new Range(0, 2), 4));
            List<Text> labels = List.of(50, 51, 52).stream()
                    .flatMap(x -> frame.outlier(List.of(new Point(x, 5.68 + x)), Ink.BLUE).stream())
                    .filter(Text.class::isInstance)
                    .map(Text.class::cast)
                    .toList();
            assertThat(labels).extracting(Text::text).containsExactly("55.7", "56.7", "57.7");
            for (int i = 0; i < labels.size(); i++) {
                Mark.Box box = labels.get(i).box();
                assertThat(labels.subList(0, i))
                        .extracting(Text::box)
                        .allMatch(other -> other.right() <= box.left()
                                || box.right() <= other.left()
                                || other.bottom() <= box.top() + 2);
            }
        }
    }
}
