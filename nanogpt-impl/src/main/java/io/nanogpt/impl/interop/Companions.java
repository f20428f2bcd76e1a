package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The files that belong to one set of weights, which names them in its metadata by their SHA-256, so that files of
 * several models in one folder are found. Weights of other programs name none and are not checked.
 */
final class Companions {
    private static final String PREFIX = "nanogpt.sha256.";

    private Companions() {}

    /**
     * The metadata for the weights of a folder.
     *
     * @param names files that the folder may have
     */
    static Map<String, String> metadata(Path folder, List<String> names) {
        Map<String, String> metadata = new LinkedHashMap<>();
        for (String name : names) {
            if (Files.exists(folder.resolve(name))) {
                metadata.put(PREFIX + name, Sha256.of(folder.resolve(name)));
            }
        }
        return metadata;
    }

    /** Whether weights name their companions. */
    static boolean areNamed(Map<String, String> metadata) {
        return metadata.keySet().stream().anyMatch(key -> key.startsWith(PREFIX));
    }

    /**
     * Refuses files that were not written with the weights. A file that was deleted is no mixture.
     *
     * @param weights their file, for messages
     * @param read the files that are read
     * @param finder finds a file of the folder
     * @throws NanogptException naming the files that differ
     */
    static void require(
            Map<String, String> metadata, Path weights, Set<String> read, Function<String, Optional<Path>> finder) {
        if (!areNamed(metadata)) {
            return;
        }
        List<String> others = new ArrayList<>();
        for (String name : read) {
            finder.apply(name)
                    .filter(file -> !Sha256.of(file).equals(metadata.get(PREFIX + name)))
                    .ifPresent(file -> others.add(name));
        }
        if (!others.isEmpty()) {
            throw new NanogptException(weights + " was not written with the " + String.join(" and the ", others)
                    + " beside it: they are of different models, or were changed since; copy all files of one model"
                    + " there, or save the model again (for model.onnx: export it again)");
        }
    }
}
