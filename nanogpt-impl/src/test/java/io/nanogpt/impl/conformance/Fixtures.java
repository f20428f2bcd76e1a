package io.nanogpt.impl.conformance;

import io.nanogpt.impl.interop.SafetensorsFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Reference values computed with PyTorch, on the class path: in a folder or in the jar of this suite. */
public final class Fixtures {
    private Fixtures() {}

    /**
     * Opens a file of fixtures.
     *
     * @param name for example {@code captions/expected.safetensors}
     */
    public static SafetensorsFile open(String name) {
        String resource = "/fixtures/" + name;
        URL url = Fixtures.class.getResource(resource);
        if (url == null) {
            throw new IllegalStateException(resource + " is not on the class path");
        }
        try {
            URI uri = url.toURI();
            if (uri.getScheme().equals("file")) {
                return SafetensorsFile.open(Path.of(uri));
            }
            Path copy = Files.createTempFile("fixture", ".safetensors");
            copy.toFile().deleteOnExit();
            try (InputStream in = url.openStream()) {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            }
            return SafetensorsFile.open(copy);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + url, e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
