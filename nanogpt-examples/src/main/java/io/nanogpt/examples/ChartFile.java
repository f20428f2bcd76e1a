package io.nanogpt.examples;

import io.nanogpt.chart.Chart;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A file for a chart; the end of its name says what it is. */
record ChartFile(Path path, boolean isPng) {
    void write(Chart chart) {
        if (isPng) {
            chart.writePng(path);
        } else {
            chart.writeSvg(path);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** Refuses other names before anything is read or trained. */
    static final class Converter implements ITypeConverter<ChartFile> {
        @Override
        public ChartFile convert(String value) {
            String name = value.toLowerCase(Locale.ROOT);
            if (!name.endsWith(".png") && !name.endsWith(".svg")) {
                throw new TypeConversionException("a chart's name ends with .png or .svg, but is " + value);
            }
            return new ChartFile(Path.of(value), name.endsWith(".png"));
        }
    }
}
