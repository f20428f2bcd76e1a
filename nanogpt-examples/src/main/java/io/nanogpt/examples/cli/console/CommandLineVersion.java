package io.nanogpt.examples.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The lines of {@code nanogpt --version}: the version of the program, from a resource that the build writes, and Java's. */
final class CommandLineVersion implements IVersionProvider {
    private static final String RESOURCE = "/META-INF/nanogpt/nanogpt-examples.properties";

    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream in =
                Objects.requireNonNull(CommandLineVersion.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            properties.load(in);
        }
        return new String[] {
            "nanogpt " + properties.getProperty("version"),
            "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")"
        };
    }
}
