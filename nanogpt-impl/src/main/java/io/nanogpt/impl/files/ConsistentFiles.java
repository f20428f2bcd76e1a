package io.nanogpt.impl.files;

import io.nanogpt.NanogptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reading of several files of one state, without a lock, while other programs may replace them. Files are replaced by
 * renaming and never changed, so that all of them were there at one time if each is the same before and after.
 */
public final class ConsistentFiles {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private ConsistentFiles() {}

    /**
     * Reads files, and again where one of them was replaced meanwhile.
     *
     * @param what is read, for messages
     * @param files where the files are now; they need not exist
     * @param reader opens or reads them
     * @param discard closes what was read of a mixture
     * @throws NanogptException if they are replaced all the time
     */
    public static <T> T read(Path what, Supplier<List<Path>> files, Supplier<T> reader, Consumer<T> discard) {
        long begin = System.nanoTime();
        while (true) {
            List<Identity> before = identities(files.get());
            T read;
            try {
                read = reader.get();
            } catch (RuntimeException e) {
                if (before.equals(identities(files.get())) || System.nanoTime() - begin > LONGEST_WAIT.toNanos()) {
                    throw e;
                }
                continue;
            }
            if (before.equals(identities(files.get()))) {
                return read;
            }
            discard.accept(read);
            if (System.nanoTime() - begin > LONGEST_WAIT.toNanos()) {
                throw new NanogptException(what + " was replaced again and again while it was read, for "
                        + LONGEST_WAIT.toSeconds() + " seconds; read it when no other program is saving there");
            }
        }
    }

    private static List<Identity> identities(List<Path> files) {
        return files.stream().flatMap(file -> Identity.of(file).stream()).toList();
    }

    /** A file as it was at some time. */
    private record Identity(Path path, @Nullable Object key, long size, FileTime modified) {
        static Optional<Identity> of(Path path) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return Optional.of(
                        new Identity(path, attributes.fileKey(), attributes.size(), attributes.lastModifiedTime()));
            } catch (IOException e) {
                return Optional.empty(); // It does not exist, or was moved meanwhile.
            }
        }
    }
}
