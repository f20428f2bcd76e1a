package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Atomic replacement of several files of a folder. They are written to {@code .saving} inside it, which is renamed to
 * {@code .saved} once complete. This commits the new files, which are then moved to their places. A crash before the
 * rename leaves the old files; after a later one, the next load or save completes the moves from {@code .saved}.
 */
final class StagedFolder {
    private static final String STAGING = ".saving";
    private static final String COMMITTED = ".saved";

    /** Serializes saves, as two to one folder must not share its staging folder; one lock is enough for so few. */
    private static final Object LOCK = new Object();

    private final Path folder;

    /** Creates a view of a folder that may not exist yet. */
    StagedFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Replaces files; others of the folder stay.
     *
     * @param writer writes the files to a given folder; if it throws, nothing is changed
     * @throws IOException on a failure before the commit: nothing was changed
     * @throws NanogptException if the new files are committed, but cannot be moved to their places
     */
    void replace(Consumer<Path> writer) throws IOException {
        synchronized (LOCK) {
            complete();
            Path staging = folder.resolve(STAGING);
            delete(staging);
            Files.createDirectory(staging);
            try {
                writer.accept(staging);
                AtomicFiles.syncFolder(staging);
                Files.move(staging, folder.resolve(COMMITTED), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException | RuntimeException | Error e) {
                try {
                    delete(staging);
                } catch (IOException suppressed) {
                    e.addSuppressed(suppressed);
                }
                throw e;
            }
            AtomicFiles.syncFolder(folder);
            complete();
        }
    }

    /**
     * Completes an interrupted replacement, if there is one.
     *
     * @throws NanogptException if the files cannot be moved
     */
    void complete() {
        Path committed = folder.resolve(COMMITTED);
        if (!Files.isDirectory(committed)) {
            return;
        }
        try {
            for (Path file : files(committed)) {
                moveUp(file);
            }
            Files.deleteIfExists(committed);
        } catch (IOException e) {
            throw new NanogptException(
                    folder + " was saved, but its new files could not be moved there from " + committed + " (" + e
                            + "); make the folder writable and load or save again, which finishes it",
                    e);
        }
    }

    private void moveUp(Path file) throws IOException {
        try {
            Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            if (!Files.exists(folder.resolve(file.getFileName()))) {
                throw e;
            }
            // Another process has moved it meanwhile.
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static void delete(Path staging) throws IOException {
        if (Files.isDirectory(staging)) {
            for (Path file : files(staging)) {
                Files.delete(file);
            }
            Files.delete(staging);
        }
    }
}
