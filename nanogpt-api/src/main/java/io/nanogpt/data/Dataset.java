package io.nanogpt.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A text column of a data set on the Hugging Face datasets server, downloaded through its rows interface. Only
 * {@link Corpus#ofDataset} uses the network, and only if the cache does not exist.
 *
 * @param server address of the server
 * @param name name of the data set, for example {@code MartiHan/Open-MELON-VL-2.5K}
 * @param column the text column
 * @param cache JSON array of strings that the download writes and later calls read
 */
public record Dataset(URI server, String name, String column, Path cache) {
    public Dataset {
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(column, "column");
        if (server.getScheme() == null || !server.getScheme().startsWith("http")) {
            throw new IllegalArgumentException("server must be an http or https address, but is " + server);
        }
        if (name.isBlank() || column.isBlank()) {
            throw new IllegalArgumentException(
                    "a data set needs a name and a column, but has '" + name + "' and '" + column + "'");
        }
    }

    /** Returns the Open-MELON pathology captions, all splits. */
    public static Dataset openMelon(Path cache) {
        return new Dataset(
                URI.create("https://datasets-server.huggingface.co"), "MartiHan/Open-MELON-VL-2.5K", "caption", cache);
    }
}
