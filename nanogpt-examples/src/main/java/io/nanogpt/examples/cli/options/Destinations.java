package io.nanogpt.examples.cli.options;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses to write where a verb reads, so that what was given is not replaced by what is made of it. */
public final class Destinations {
    /** The files of a saved model. */
    private static final List<String> MODEL_FILES = List.of(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "README.md",
            "generation_config.json",
            "training_report.json",
            "model.safetensors");

    private Destinations() {}

    /**
     * Refuses a file or folder to write that is one to read.
     *
     * @param read the option with the file or folder to read
     */
    public static void refuseSame(Path out, String read, Path in) {
        refuseSame("--out", out, read, in);
    }

    /**
     * Refuses a file or folder to write that is one to read.
     *
     * @param written the option with the file or folder to write
     * @param read the option with the file or folder to read
     */
    public static void refuseSame(String written, Path out, String read, Path in) {
        if (isSame(out, in)) {
            throw new IllegalArgumentException(written + " " + out + " is what " + read
                    + " names, and would be replaced (nothing was changed); give another " + written);
        }
    }

    /**
     * Refuses a folder for a model whose files are to be read.
     *
     * @param read the option with the file to read
     */
    public static void refuseModelOver(Path out, String read, Path in) {
        @Nullable Path parent = in.toAbsolutePath().normalize().getParent();
        if (MODEL_FILES.contains(String.valueOf(in.getFileName())) && parent != null && isSame(out, parent)) {
            throw new IllegalArgumentException("--out " + out + " has the file " + in.getFileName() + " that " + read
                    + " names, which would be replaced (nothing was changed); give another --out");
        }
    }

    private static boolean isSame(Path first, Path second) {
        try {
            return first.toAbsolutePath()
                            .normalize()
                            .equals(second.toAbsolutePath().normalize())
                    || (Files.exists(first) && Files.exists(second) && Files.isSameFile(first, second));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot compare " + first + " with " + second, e);
        }
    }
}
