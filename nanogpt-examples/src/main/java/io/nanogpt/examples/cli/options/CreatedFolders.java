package io.nanogpt.examples.cli.options;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folders that a verb had to create for what it writes. If it fails, it leaves none of them empty. */
public final class CreatedFolders {
    /** The deepest first. */
    private final List<Path> created;

    /** What writes into a folder. */
    @FunctionalInterface
    public interface Writing {
        /** Writes. */
        void run() throws IOException;
    }

    private CreatedFolders(List<Path> created) {
        this.created = created;
    }

    /** Creates a folder, with those above it, unless it is there. */
    public static CreatedFolders of(Path folder) throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path each = folder.toAbsolutePath(); each != null && !Files.exists(each); each = each.getParent()) {
            missing.add(each);
        }
        Files.createDirectories(folder);
        return new CreatedFolders(missing);
    }

    /** Runs what writes there. If it fails, the folders that were created for it and are still empty are removed. */
    public void fill(Writing writing) throws IOException {
        try {
            writing.run();
        } catch (IOException | RuntimeException | Error e) {
            removeEmpty(e);
            throw e;
        }
    }

    private void removeEmpty(Throwable failure) {
        try {
            for (Path folder : created) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException e) {
            // It has something, and so have those above it.
            return;
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
