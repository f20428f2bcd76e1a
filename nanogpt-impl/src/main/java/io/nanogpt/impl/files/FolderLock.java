package io.nanogpt.impl.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Exclusive use of a folder by one writer of any process: a lock of the operating system on the file {@code .lock} in
 * it, which ends with the process, and one inside this JVM, where locks of files do not count. The file stays there:
 * deleting it could let two writers in. Where the file system has no locks, writers of other processes are not kept out.
 */
public final class FolderLock implements AutoCloseable {
    private static final String NAME = ".lock";
    private static final Duration PAUSE = Duration.ofMillis(5);

    /** The folders that are locked by this JVM. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Locks an existing folder, if no other writer holds it. An interrupted thread can do that.
     *
     * @throws IOException if the lock file cannot be opened, as one that another user made and keeps, or is not a regular
     *     file, such as a link
     */
    public static Optional<FolderLock> tryTake(Path folder) throws IOException {
        Path real = folder.toRealPath();
        if (!HELD.add(real)) {
            return Optional.empty();
        }
        FolderLock lock = null;
        try {
            lock = lock(real);
            return Optional.ofNullable(lock);
        } finally {
            if (lock == null) {
                HELD.remove(real);
            }
        }
    }

    /** Whether a writer has locked the folder at some time. */
    public static boolean isUsed(Path folder) {
        return Files.isRegularFile(folder.resolve(NAME), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Locks an existing folder; waits while another writer holds it. An interrupt does not end the wait: what an
     * interrupted thread saves is not lost.
     *
     * @param longest time to wait
     * @return empty if the folder is still locked after this time
     * @throws IOException as {@link #tryTake} does
     */
    public static Optional<FolderLock> take(Path folder, Duration longest) throws IOException {
        long begin = System.nanoTime();
        boolean interrupted = false;
        try {
            Optional<FolderLock> lock = tryTake(folder);
            while (lock.isEmpty() && System.nanoTime() - begin < longest.toNanos()) {
                try {
                    TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                lock = tryTake(folder);
            }
            return lock;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static @Nullable FolderLock lock(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        // Opening a pipe would wait for its reader.
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "the lock file must be a regular file, but is a link or another thing; delete it");
        }
        // An interrupt would close the channel.
        boolean interrupted = Thread.interrupted();
        FileChannel channel = open(file);
        boolean locked = false;
        try {
            locked = isLocked(channel);
            return locked ? new FolderLock(folder, channel) : null;
        } finally {
            if (!locked) {
                channel.close();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static FileChannel open(Path file) throws IOException {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            shareWithWriters(file);
            return channel;
        } catch (FileAlreadyExistsException e) {
            try {
                return FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            } catch (AccessDeniedException denied) {
                throw notOurs(file, denied);
            }
        }
    }

    /** Whoever may write to the folder may lock it too, whatever the umask of the user who does so first. */
    private static void shareWithWriters(Path file) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        Path folder = file.getParent();
        if (view == null || folder == null) {
            return;
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        Set<PosixFilePermission> folderPermissions = Files.getPosixFilePermissions(folder);
        if (folderPermissions.contains(PosixFilePermission.GROUP_WRITE)) {
            permissions.add(PosixFilePermission.GROUP_WRITE);
        }
        if (folderPermissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            permissions.add(PosixFilePermission.OTHERS_WRITE);
        }
        view.setPermissions(permissions);
    }

    static FileSystemException notOurs(Path file, AccessDeniedException denied) {
        FileSystemException error = new FileSystemException(
                file.toString(),
                null,
                "there is no permission to write to this lock file, which another user made; let its owner run \"chmod"
                        + " a+w\" on it, or delete it while nobody writes there, or choose another folder");
        error.initCause(denied);
        return error;
    }

    private static boolean isLocked(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // Held by a copy of this class in another class loader.
        } catch (IOException e) {
            return true; // The file system has no locks.
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unlock the folder " + folder + ": " + e.getMessage(), e);
        } finally {
            HELD.remove(folder);
        }
    }
}
