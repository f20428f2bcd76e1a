package io.nanogpt.examples.cli.options;

import io.nanogpt.chart.Chart;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A file for a chart; its extension is its format. */
public record ChartFile(Path path, boolean isPng) {
    public void write(Chart chart) {
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

    /** Refuses other extensions while options are parsed, before anything is read or trained. */
    public static final class Converter implements ITypeConverter<ChartFile> {
        @Override
        public ChartFile convert(String value) {
            String name = value.toLowerCase(Locale.ROOT);
            if (!name.endsWith(".png") && !name.endsWith(".svg")) {
                throw new TypeConversionException("must end with .png or .svg, but is " + value);
            }
            return new ChartFile(Path.of(value), name.endsWith(".png"));
        }
    }
}
