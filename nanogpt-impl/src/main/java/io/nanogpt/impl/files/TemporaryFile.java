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
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code .NAME.N.tmp} that becomes a target {@code NAME}: the first N that no living writer uses. A writer
 * holds a lock of the operating system on its file until it is renamed, so that a file that can be locked is one of a
 * writer that was killed. Only regular files are opened, never what a link points to.
 */
final class TemporaryFile {
    /** More writers of one target at a time than any program has. */
    private static final int MOST = 1_000;
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
        Path name = target;
        for (int number = 0; number < MOST; number++) {
            name = path(target, number);
            if (!LIVING.add(name)) {
                continue;
            }
            try {
                TemporaryFile temporary = create(target, name);
                if (temporary != null) {
                    removeDead(target, number + 1);
                    temporary.fill(action, beginning);
                    return;
                }
            } finally {
                LIVING.remove(name);
            }
        }
        throw new FileSystemException(
                target.toString(), null, "its temporary files up to " + name + " exist; delete them");
    }

    private static Path path(Path target, int number) {
        return target.resolveSibling("." + target.getFileName() + "." + number + ".tmp");
    }

    /** Creates and locks a file; null if another writer uses it. */
    private static @Nullable TemporaryFile create(Path target, Path path) throws IOException {
        removeIfDead(path);
        try {
            // Not createTempFile, whose files only their owner can read: a saved model has the default permissions.
            Files.createFile(path);
        } catch (FileAlreadyExistsException e) {
            return null;
        }
        // Not a channel for the content: an interrupt closes it, and saving after an interrupt must work.
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        // Before it was locked, another writer may have taken it for a dead one's.
        if (lock(file) == Lock.TAKEN || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            file.close();
            return null;
        }
        return new TemporaryFile(target, path, file);
    }

    /** Removes the files of dead writers that follow in the order of numbers. */
    private static void removeDead(Path target, int first) throws IOException {
        for (int number = first; number < MOST; number++) {
            Path next = path(target, number);
            if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            if (LIVING.add(next)) {
                try {
                    removeIfDead(next);
                } finally {
                    LIVING.remove(next);
                }
            }
        }
    }

    private static void removeIfDead(Path path) throws IOException {
        if (!KEEPS_LOCKS || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            if (lock(file) == Lock.OURS) {
                Files.deleteIfExists(path);
            }
        } catch (FileNotFoundException e) {
            return; // Renamed or removed meanwhile, or another user's.
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
