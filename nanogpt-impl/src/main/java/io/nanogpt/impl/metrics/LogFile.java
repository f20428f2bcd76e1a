package io.nanogpt.impl.metrics;

import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Utf8Files;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A text file that lines are appended to, flushed after every line. */
final class LogFile implements AutoCloseable {
    private final Path path;
    private @Nullable Writer writer;

    LogFile(Path path) {
        this.path = path;
    }

    /**
     * Opens the file. A resumed run keeps the lines of earlier steps; any other run overwrites the file.
     *
     * @param header the first line, or empty
     * @param stepOf the step of a line, or a negative number for one to drop
     * @param keep a line as it is kept
     */
    void open(String header, int firstStep, ToIntFunction<String> stepOf, UnaryOperator<String> keep) {
        StringBuilder kept = new StringBuilder(header);
        if (firstStep > 1 && Files.exists(path)) {
            Utf8Files.read(path).lines().forEach(line -> {
                int step = stepOf.applyAsInt(line);
                if (step >= 0 && step < firstStep) {
                    kept.append(keep.apply(line)).append('\n');
                }
            });
        }
        AtomicFiles.write(path, out -> out.write(kept.toString().getBytes(StandardCharsets.UTF_8)));
        try {
            // Just written as a regular file: a link there is another's.
            writer = Files.newBufferedWriter(
                    path, StandardCharsets.UTF_8, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    void line(String text) {
        Writer open = writer;
        if (open == null) {
            throw new IllegalStateException(path + " is not open");
        }
        try {
            open.write(text);
            open.write('\n');
            open.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        try {
            if (writer != null) {
                writer.close();
                writer = null;
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private UncheckedIOException failure(IOException e) {
        return new UncheckedIOException("cannot write " + path + ": " + e.getMessage(), e);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
