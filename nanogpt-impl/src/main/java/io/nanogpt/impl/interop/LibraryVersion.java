package io.nanogpt.impl.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version of this library, from a resource that the build writes. The manifest has it too, but a named module has
 * no manifest, and a jar into which an application is packed has the manifest of the application.
 */
final class LibraryVersion {
    private static final String RESOURCE = "/META-INF/nanogpt/nanogpt-impl.properties";

    /** For example {@code 1.2.0}; {@code unknown} where the resource was left out of a repackaged jar. */
    static final String VALUE = read();

    private LibraryVersion() {}

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = LibraryVersion.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource " + RESOURCE, e);
        }
        return properties.getProperty("version", "unknown");
    }
}
