package io.nanogpt.examples.cli.console;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a path. It refuses an empty one, which the system takes for the current directory and which is what an unset
 * variable of a shell gives.
 */
public class PathConverter implements ITypeConverter<Path> {
    /** For {@code picocli}. */
    public PathConverter() {}

    @Override
    public Path convert(String value) {
        if (value.isBlank()) {
            throw new TypeConversionException("must be a path, but is empty; the current directory is .");
        }
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(
                    "must be a path, but is " + value + ", which no path of this system is: " + e.getReason());
        }
    }
}
