package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.ConsistentFiles;
import io.nanogpt.impl.files.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of which several files are replaced at once. A writer, one at a time, puts them into {@code .saving} inside
 * it, which it renames to {@code .saved} once it is complete. This commits the new files, which are then moved to their
 * places. Until then they count where they are: a file in {@code .saved} stands for that of the same name in the folder,
 * and an empty one for none. A crash before the rename leaves the old files; after a later one the next writer completes
 * the moves. Readers change nothing.
 *
 * <p>Neither of the two folders may be a link, and only known names that are regular files are read, moved or deleted.
 */
final class StagedFolder {
    private static final String STAGING = ".saving";
    private static final String COMMITTED = ".saved";
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final Path folder;
    private final List<String> names;

    /**
     * Creates a view of a folder that may not exist yet.
     *
     * @param names of all files that may be replaced, in the order in which they are moved
     */
    StagedFolder(Path folder, List<String> names) {
        this.folder = folder;
        this.names = List.copyOf(names);
    }

    /**
     * Replaces files; others of the folder stay.
     *
     * @param deleted files that are deleted where the writer does not write them
     * @param writer writes the files to a given folder; if it throws, nothing is changed
     * @throws IOException on a failure before the commit: nothing was changed
     * @throws NanogptException if another writer holds the folder for a minute, if something else has the name of a
     *     staged file, or if the new files are committed, but cannot be moved to their places
     */
    void replace(Collection<String> deleted, Consumer<Path> writer) throws IOException {
        FolderLock lock = FolderLock.take(folder, LONGEST_WAIT)
                .orElseThrow(() -> new NanogptException("another thread or process has been saving in " + folder
                        + " for " + LONGEST_WAIT.toSeconds() + " seconds (nothing was changed); save again when it is"
                        + " done, or choose another folder"));
        try (lock) {
            complete();
            Path staging = folder.resolve(STAGING);
            delete(staging);
            Files.createDirectory(staging);
            try {
                writer.accept(staging);
                for (String name : deleted) {
                    if (Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)
                            && !Files.exists(staging.resolve(name))) {
                        Files.createFile(staging.resolve(name));
                    }
                }
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
     * Finds a file where it counts; links in the folder itself are followed.
     *
     * @throws NanogptException if something else than a file has the name of a staged file
     */
    Optional<Path> find(String name) {
        Path staged = folder.resolve(COMMITTED).resolve(name);
        if (isDirectory(folder.resolve(COMMITTED))) {
            BasicFileAttributes attributes = attributes(staged, LinkOption.NOFOLLOW_LINKS);
            if (attributes != null) {
                requireFile(staged, attributes);
                return attributes.size() == 0 ? Optional.empty() : Optional.of(staged);
            }
        }
        Path place = folder.resolve(name);
        return Files.exists(place) ? Optional.of(place) : Optional.empty();
    }

    /**
     * Reads files of one state of the folder, as {@link ConsistentFiles} does.
     *
     * @param reader opens or reads the files that {@link #find} names
     * @param discard closes what was read of a mixture
     * @throws NanogptException if the folder is replaced all the time
     */
    <T> T read(Supplier<T> reader, Consumer<T> discard) {
        return ConsistentFiles.read(
                folder,
                () -> names.stream().flatMap(name -> find(name).stream()).toList(),
                reader,
                discard);
    }

    private static @Nullable BasicFileAttributes attributes(Path path, LinkOption... options) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, options);
        } catch (IOException e) {
            return null; // It does not exist, or was moved meanwhile.
        }
    }

    /** Whether a staging folder exists; refuses anything else of its name. */
    private static boolean isDirectory(Path staging) {
        BasicFileAttributes attributes = attributes(staging, LinkOption.NOFOLLOW_LINKS);
        if (attributes != null && !attributes.isDirectory()) {
            throw new NanogptException(staging + " is " + (attributes.isSymbolicLink() ? "a link" : "no folder")
                    + ", but this library keeps a folder of this name while it saves; delete it if it is not yours");
        }
        return attributes != null;
    }

    private static void requireFile(Path staged, BasicFileAttributes attributes) {
        if (!attributes.isRegularFile()) {
            throw new NanogptException(staged + " is " + (attributes.isSymbolicLink() ? "a link" : "no file")
                    + ", which this library does not put there; delete it");
        }
    }

    /** Moves committed files to their places, if there are any. */
    private void complete() {
        Path committed = folder.resolve(COMMITTED);
        if (!isDirectory(committed)) {
            return;
        }
        try {
            List<String> staged = staged(committed);
            for (String name : names) {
                if (staged.remove(name)) {
                    moveUp(committed.resolve(name), folder.resolve(name));
                }
            }
            for (String temporary : staged) {
                Files.delete(committed.resolve(temporary));
            }
            Files.delete(committed);
            AtomicFiles.syncFolder(folder);
        } catch (IOException e) {
            throw new NanogptException(
                    folder + " was saved, but its new files could not be moved there from " + committed + " (" + e
                            + "); make the folder writable and save again, which finishes it (the model can be loaded"
                            + " as it is)",
                    e);
        }
    }

    private static void moveUp(Path staged, Path place) throws IOException {
        if (Files.size(staged) == 0) {
            Files.deleteIfExists(place);
            Files.delete(staged);
        } else {
            Files.move(staged, place, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** The names in a staging folder, all of which must be those of files that this library puts there. */
    private List<String> staged(Path staging) throws IOException {
        List<String> staged = new ArrayList<>();
        try (Stream<Path> files = Files.list(staging)) {
            for (Path file : files.toList()) {
                BasicFileAttributes attributes = attributes(file, LinkOption.NOFOLLOW_LINKS);
                if (attributes == null) {
                    throw new NoSuchFileException(file.toString());
                }
                requireFile(file, attributes);
                String name = String.valueOf(file.getFileName());
                if (!names.contains(name) && !isTemporary(name)) {
                    throw new NanogptException(file + " is not a file that this library puts there; move it away");
                }
                staged.add(name);
            }
        }
        return staged;
    }

    /** Whether a name is one of {@link AtomicFiles} for one of the known names. */
    private boolean isTemporary(String name) {
        return name.endsWith(".tmp") && names.stream().anyMatch(known -> name.startsWith("." + known + "."));
    }

    private void delete(Path staging) throws IOException {
        if (isDirectory(staging)) {
            for (String name : staged(staging)) {
                Files.delete(staging.resolve(name));
            }
            Files.delete(staging);
        }
    }
}
