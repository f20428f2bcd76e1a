package io.nanogpt.inspect;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.spi.Library;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A page in the browser that shows what an {@link Inspection} holds: tokens and their losses, attention, the logit lens,
 * the next tokens under sampling settings, what changes without some heads, and the map of the embeddings. It is served to
 * this machine alone, until it is closed.
 *
 * <pre>{@code
 * try (Explorer explorer = Explorer.open(model, "captions", 0)) {
 *     System.out.println("open " + explorer.uri());
 *     System.in.read();
 * }
 * }</pre>
 */
public interface Explorer extends AutoCloseable {
    /**
     * Serves a page for a model. The caller closes the model, after the page.
     *
     * @param name of the model, for the page
     * @param port from 0 to 65535; 0 takes a free one
     * @throws NanogptException if the port is taken
     */
    static Explorer open(LanguageModel model, String name, int port) {
        Objects.requireNonNull(model, "model");
        return Library.get().openExplorer(model, Objects.requireNonNull(name, "name"), port);
    }

    /**
     * Writes a folder with the page and the model, for any web server: the model runs in the browser, by ONNX Runtime Web.
     * Its files {@code ort.wasm.min.mjs}, {@code ort-wasm-simd-threaded.mjs} and {@code ort-wasm-simd-threaded.wasm},
     * from the package {@code onnxruntime-web}, belong into the folder {@code ort} beside the page. Files of the same names
     * are replaced.
     *
     * @param name of the model, for the page
     * @throws UnsupportedOperationException if the model has no weights that could be written, as one of ONNX or of n-grams
     */
    static void write(LanguageModel model, String name, Path folder) {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(name, "name");
        Library.get().writeExplorer(model, name, Objects.requireNonNull(folder, "folder"));
    }

    /** Returns the address of the page. It has a secret, which is another one each time. */
    URI uri();

    /** Ends the page. */
    @Override
    void close();
}
