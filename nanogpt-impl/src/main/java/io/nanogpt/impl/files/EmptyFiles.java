package io.nanogpt.impl.files;

import io.nanogpt.NanogptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Refuses files of no bytes, which a copy or a download that broke off leaves. */
public final class EmptyFiles {
    private EmptyFiles() {}

    /**
     * Refuses an empty file of a model.
     *
     * @param file may be missing, or a folder
     * @throws NanogptException with what to do, if it is empty
     */
    public static void refuse(Path file) {
        try {
            if (Files.isRegularFile(file) && Files.size(file) == 0) {
                throw new NanogptException(file + " is empty (0 bytes): it was not written, copied or downloaded to its"
                        + " end; get it again, or save or export the model again");
            }
        } catch (IOException e) {
            throw new NanogptException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
