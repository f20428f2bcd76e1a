package io.nanogpt.examples.cli.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of the folder that a model is saved in. */
public final class SavedModelOptions {
    /** The file that every saved model has. */
    private static final String CONFIG = "config.json";

    /** The card of a saved model. */
    private static final String CARD = "README.md";

    /** Where a save that was interrupted at its end left the model. */
    private static final String COMMITTED = ".saved";

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder to save the model in")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Option(names = "--overwrite", description = "replace the model that --out has already")
    private boolean overwrite;

    /** The folder. */
    public Path folder() {
        return out;
    }

    /**
     * Creates the folder, so that nothing is computed that could not be saved.
     *
     * @param continues whether a model in the folder is of the same run
     * @return what fills it, so that it is gone again where that fails
     * @throws IllegalArgumentException if the folder has a model that must not be replaced, or cannot be written
     */
    public CreatedFolders create(boolean continues) throws IOException {
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new IllegalArgumentException("--out must be a folder, but " + out + " is a file");
        }
        if (!overwrite && !continues && hasModel(out)) {
            throw new IllegalArgumentException(
                    out + " has a model already; give --overwrite to replace it, or another --out");
        }
        if (!overwrite && !Files.exists(out.resolve(CONFIG)) && Files.exists(out.resolve(CARD))) {
            throw new IllegalArgumentException(
                    out + " has a " + CARD + " that is not a model's, which would be replaced;"
                            + " give --overwrite to replace it, or another --out");
        }
        CreatedFolders created;
        try {
            created = CreatedFolders.of(out);
        } catch (IOException e) {
            throw new IOException("cannot create the folder " + out + " (" + e + "); give another --out", e);
        }
        if (!Files.isWritable(out)) {
            throw new IllegalArgumentException(
                    "cannot write to " + out + "; change its permissions or give another --out");
        }
        return created;
    }

    /**
     * The folder to save in after {@link #create}: {@code --out}, or the first of {@code out-2}, {@code out-3}, ... without a
     * model, if a model that must not be replaced was saved in {@code --out} meanwhile.
     *
     * @param continues whether a model in the folder is of the same run
     */
    public Path free(boolean continues) {
        Path given = out.toAbsolutePath().normalize();
        Path free = out;
        for (int number = 2; !overwrite && !continues && hasModel(free); number++) {
            free = given.resolveSibling(given.getFileName() + "-" + number);
        }
        return free;
    }

    private static boolean hasModel(Path folder) {
        return Files.exists(folder.resolve(CONFIG)) || Files.exists(folder.resolve(COMMITTED));
    }
}
