package io.nanogpt.impl.files;

import io.nanogpt.NanogptException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Files that are read at any place, and that an interrupt does not close, as it would a {@code FileChannel}. */
public final class RandomFiles {
    private RandomFiles() {}

    /**
     * Checks an open file and returns its reader, which closes it from then on.
     *
     * @param <R> the reader
     */
    public interface Opener<R> {
        /** Checks a file of this name. */
        R open(String name, RandomAccessFile file) throws IOException;
    }

    /**
     * Opens a file, and closes it again if it is refused.
     *
     * @throws NanogptException if it cannot be read, naming the file and the reason
     */
    public static <R> R open(Path path, Opener<R> opener) {
        String name = path.toString();
        try {
            RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
            try {
                return opener.open(name, file);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (FileNotFoundException e) {
            throw new NanogptException(name + " does not exist or cannot be opened: " + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** The error of a file that cannot be read. */
    public static NanogptException unreadable(String name, IOException e) {
        return new NanogptException(name + " cannot be read: " + e.getMessage(), e);
    }
}
