package io.nanogpt.impl.files;

import io.nanogpt.impl.files.AtomicFiles.WriteAction;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code .NAME.RANDOM.tmp} that becomes a target {@code NAME}. No two writers ever have one name. A writer holds
 * a lock of the operating system on its file until it is renamed, so that a file that can be locked is one of a writer
 * that was killed, or of one that has not locked it yet and will take another name. Only regular files are opened, never
 * what a link points to.
 */
final class TemporaryFile {
    private static final String SUFFIX = ".tmp";
    /** A name is taken again only if another writer took its file for a dead one's. */
    private static final int ATTEMPTS = 100;
    /** Windows cannot rename an open file, so that a lock there ends too early to tell. */
    private static final boolean KEEPS_LOCKS = File.separatorChar == '/';
    /** Locks of one JVM do not exclude each other, and opening a file again would end its lock. */
    private static final Set<Path> LIVING = ConcurrentHashMap.newKeySet();

    private final Path target;
    private final Path path;
    private final RandomAccessFile file;

    private TemporaryFile(Path target, Path path, RandomAccessFile file) {
        this.target = target;
        this.path = path;
        this.file = file;
    }

    /** Creates or replaces a file, as {@link AtomicFiles#write(Path, WriteAction, Supplier)} does. */
    static void write(Path target, WriteAction action, Supplier<byte[]> beginning) throws IOException {
        removeDead(target);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path name = target.resolveSibling(prefix(target) + UUID.randomUUID() + SUFFIX);
            LIVING.add(name);
            try {
                TemporaryFile temporary = create(target, name);
                if (temporary != null) {
                    temporary.fill(action, beginning);
                    return;
                }
            } finally {
                LIVING.remove(name);
            }
        }
        throw new FileSystemException(
                target.toString(), null, "another program removes the temporary files beside it; end that program");
    }

    private static String prefix(Path target) {
        return "." + target.getFileName() + ".";
    }

    /** Creates and locks a file; null if another writer took it for a dead one's. */
    private static @Nullable TemporaryFile create(Path target, Path path) throws IOException {
        // Not createTempFile, whose files only their owner can read: a saved model has the default permissions.
        Files.createFile(path);
        // Not a channel for the content: an interrupt closes it, and saving after an interrupt must work.
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        if (lock(file) == Lock.TAKEN || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            file.close();
            return null;
        }
        return new TemporaryFile(target, path, file);
    }

    /** Removes the files of dead writers of a target. */
    private static void removeDead(Path target) throws IOException {
        String prefix = prefix(target);
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(target.toAbsolutePath().resolveSibling(""), file -> {
                    String name = file.getFileName().toString();
                    return name.startsWith(prefix) && name.endsWith(SUFFIX);
                })) {
            for (Path file : files) {
                Path name = target.resolveSibling(file.getFileName());
                if (LIVING.add(name)) {
                    try {
                        removeIfDead(name);
                    } finally {
                        LIVING.remove(name);
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void removeIfDead(Path path) throws IOException {
        if (!KEEPS_LOCKS || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        // A lock needs a file open for writing, which creates one that was renamed meanwhile: it is deleted here.
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            if (lock(file) == Lock.OURS) {
                Files.deleteIfExists(path);
            }
        } catch (FileNotFoundException e) {
            return; // Removed meanwhile, or another user's.
        }
    }

    /** The result of an attempt to lock a file. */
    private enum Lock {
        OURS,
        TAKEN,
        IMPOSSIBLE
    }

    /** Locks a file until it is closed. Other than a blocking lock, this cannot be interrupted. */
    private static Lock lock(RandomAccessFile file) {
        try {
            FileLock lock = file.getChannel().tryLock(Long.MAX_VALUE - 1, 1, false);
            return lock == null ? Lock.TAKEN : Lock.OURS;
        } catch (OverlappingFileLockException e) {
            return Lock.TAKEN; // By a copy of this class in another class loader.
        } catch (IOException e) {
            return Lock.IMPOSSIBLE; // The file system has no locks.
        }
    }

    private void fill(WriteAction action, Supplier<byte[]> beginning) throws IOException {
        try (file) {
            // Not closed, as it shares the descriptor, and with it the lock.
            OutputStream out = new BufferedOutputStream(new FileOutputStream(file.getFD()), AtomicFiles.BUFFER_BYTES);
            action.write(out);
            out.flush();
            file.seek(0);
            file.write(beginning.get());
            file.getFD().sync();
            if (!KEEPS_LOCKS) {
                file.close();
            }
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException | Error e) {
            AtomicFiles.remove(path, e);
            throw e;
        }
    }
}
