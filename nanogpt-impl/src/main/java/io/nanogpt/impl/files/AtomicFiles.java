package io.nanogpt.impl.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Atomic file writes: a crash, a full disk or an error leaves the old file or the new one, never a partial one. The
 * content is written to a temporary file beside the target, synced to disk and renamed over the target. What a writer
 * that was killed left there, the next writer of the same target removes.
 */
public final class AtomicFiles {
    static final int BUFFER_BYTES = 1 << 16;

    private AtomicFiles() {}

    /** Produces the content of a file. */
    @FunctionalInterface
    public interface WriteAction {
        /**
         * Writes all of the content.
         *
         * @param out buffered; the caller flushes and closes it
         */
        void write(OutputStream out) throws IOException;
    }

    /**
     * Creates or replaces a file, and missing parent folders. An interrupted thread can write: the interrupt stays
     * pending and does not corrupt the file.
     *
     * @param target the file
     * @param action writes the content; if it throws, the target is unchanged
     * @throws UncheckedIOException naming the target and the reason, if the folder is not writable or the disk is full
     */
    public static void write(Path target, WriteAction action) {
        write(target, action, () -> new byte[0]);
    }

    /**
     * Creates or replaces a file whose header is known last, such as one that contains the length of the content.
     *
     * @param action writes all of the content, with a placeholder for the header
     * @param beginning called after the content is written; overwrites as many bytes at the start
     */
    public static void write(Path target, WriteAction action, Supplier<byte[]> beginning) {
        Path absolute = target.toAbsolutePath();
        Path folder = absolute.getParent();
        Path name = absolute.getFileName();
        if (folder == null || name == null || Files.isDirectory(absolute)) {
            throw failure(target, new FileSystemException(target.toString(), null, "it is a folder, not a file"));
        }
        try {
            createFolder(folder);
            Path place = folder.toRealPath().resolve(name);
            if (place.getFileSystem() == FileSystems.getDefault()) {
                TemporaryFile.write(place, action, beginning);
            } else {
                writeElsewhere(place, action, beginning);
            }
        } catch (IOException e) {
            throw failure(target, e);
        }
        syncFolder(folder);
    }

    /** Writes to a file system that is not that of the machine. */
    private static void writeElsewhere(Path target, WriteAction action, Supplier<byte[]> beginning) throws IOException {
        String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + unique + ".tmp");
        Files.createFile(temporary);
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary), BUFFER_BYTES)) {
                action.write(out);
            }
            try (SeekableByteChannel channel = Files.newByteChannel(temporary, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(beginning.get()));
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException | Error e) {
            remove(temporary, e);
            throw e;
        }
    }

    /**
     * Renames a folder whose files are synced, so that after a crash the target is complete or absent.
     *
     * @param target must not exist
     * @throws UncheckedIOException naming the target and the reason
     */
    public static void moveFolder(Path folder, Path target) {
        try {
            syncFolder(folder);
            Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure(target, e);
        }
        Path parent = target.toAbsolutePath().getParent();
        if (parent != null) {
            syncFolder(parent);
        }
    }

    /** Removes a file, or a folder with its contents, if it exists. Links are removed, not followed. */
    public static void remove(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** Creates a folder and those above it, where they are missing. */
    public static void createFolder(Path folder) throws IOException {
        // createDirectories of JDK 17 fails on a link to a folder.
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
        }
    }

    static void remove(Path temporary, Throwable reason) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** Makes renames in a folder durable; not possible on some systems, such as Windows, where it happens later. */
    @SuppressWarnings("EmptyCatch")
    public static void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException | UnsupportedOperationException e) {
            // The file is complete in either case.
        }
    }

    private static UncheckedIOException failure(Path target, IOException cause) {
        String message = "cannot write " + target + ": " + reason(cause) + "; any previous content is unchanged";
        return new UncheckedIOException(message, cause);
    }

    private static String reason(IOException cause) {
        String text = text(cause);
        if (cause instanceof AccessDeniedException) {
            return "no permission to write there; choose another folder or change its permissions";
        }
        if (cause instanceof NoSuchFileException) {
            return "its folder disappeared while writing (" + text + ")";
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("not enough space") || lower.contains("quota")) {
            return "the disk is full (" + text + "); free some space or choose another folder";
        }
        if (lower.contains("read-only")) {
            return "the file system is read-only (" + text + "); choose another folder";
        }
        if (lower.contains("not a directory") || cause instanceof FileAlreadyExistsException) {
            return "a part of its path is a file, not a folder (" + text + ")";
        }
        return text;
    }

    private static String text(IOException cause) {
        if (cause instanceof FileSystemException fileSystem) {
            String reason = fileSystem.getReason();
            String where = fileSystem.getFile();
            return reason == null ? cause.getClass().getSimpleName() + " at " + where : reason;
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
