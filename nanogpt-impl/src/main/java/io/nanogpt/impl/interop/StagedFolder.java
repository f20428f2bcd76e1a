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
 * Replaces several files of a folder together. They are written to {@code .saving} inside it, which is renamed to
 * {@code .saved} when all of them are there; from then on the new files count, and are moved to their places. A crash
 * before the rename leaves the old files, and a crash after it leaves {@code .saved}, whose moves whoever comes next
 * finishes.
 */
final class StagedFolder {
    private static final String STAGING = ".saving";
    private static final String COMMITTED = ".saved";

    /** Two saves to one folder must not share its staging folder; saves are rare enough for one lock. */
    private static final Object LOCK = new Object();

    private final Path folder;

    /** Within a folder that may not exist yet. */
    StagedFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Replaces files; others of the folder stay.
     *
     * @param writer puts the files in the folder that it is given; if it throws, nothing is changed
     * @throws IOException if nothing was changed
     * @throws NanogptException if the new files count, but cannot be moved to their places
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
     * Finishes a replacement that was cut off; does nothing where there is none.
     *
     * @throws NanogptException if that is not possible
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
            // Another process finished it meanwhile.
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
