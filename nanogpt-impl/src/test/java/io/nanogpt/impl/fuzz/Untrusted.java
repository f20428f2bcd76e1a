package io.nanogpt.impl.fuzz;

import com.sun.management.ThreadMXBean;
import io.nanogpt.NanogptException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What reading a file that somebody else wrote may do: succeed, or throw what callers are told to expect, with memory in
 * proportion to the file.
 */
public final class Untrusted {
    /** How long each test looks for inputs that break it; raise it to look longer. */
    public static final String DURATION = "2s";

    /** Buffers that do not depend on the file. */
    private static final long BASE_BYTES = 16L << 20;

    /** A byte of a pickle or of JSON can be an empty list, some fifty bytes with its place in the list around it. */
    private static final long BYTES_PER_BYTE = 200;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Path FOLDER = folder();

    private Untrusted() {}

    /** Reads a file of this name and content, beside those that earlier calls wrote. */
    public static void read(String name, byte[] content, Consumer<Path> reader) {
        Path file = write(name, content);
        long allowed = BASE_BYTES + BYTES_PER_BYTE * content.length;
        // The first time, Jazzer changes the classes that are loaded, which takes memory of its own.
        long bytes = allocatedBy(reader, file);
        if (bytes > allowed) {
            bytes = allocatedBy(reader, file);
        }
        if (bytes > allowed) {
            throw new AssertionError(
                    content.length + " bytes made the reader allocate " + bytes + ", more than " + allowed);
        }
    }

    private static long allocatedBy(Consumer<Path> reader, Path file) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            reader.accept(file);
        } catch (NanogptException | UncheckedIOException expected) {
            if (expected.getMessage() == null || expected.getMessage().isBlank()) {
                throw new AssertionError("an error without a message", expected);
            }
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Puts a file there for a reader to find. */
    public static Path write(String name, byte[] content) {
        try {
            return Files.write(FOLDER.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files of the test resources, to begin with. */
    public static Stream<byte[]> seeds(String... resources) {
        return Stream.of(resources).map(resource -> {
            try {
                return Files.readAllBytes(Path.of("src/test/resources", resource));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
