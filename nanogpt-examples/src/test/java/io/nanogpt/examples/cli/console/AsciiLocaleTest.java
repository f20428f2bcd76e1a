package io.nanogpt.examples.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A program that is started in the locale POSIX reads and writes UTF-8. */
class AsciiLocaleTest {
    private static final String NAME = "Z\u00FCrich \u4F60\u597D.txt";

    @TempDir
    private Path folder;

    /** Prints the content of the file that is its argument. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] received) throws IOException {
            if (Relauncher.isNeeded()) {
                System.exit(Relauncher.relaunch(Probe.class, received));
            }
            Relauncher.endWithParent();
            String[] arguments = AsciiLocale.arguments(received);
            System.out.println(arguments.length + " " + arguments[0] + " " + arguments[1]);
            if (Boolean.parseBoolean(arguments[1])) {
                System.out.println(Files.readString(Path.of(arguments[0])));
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void argumentsFileNamesAndOutputAreUtf8() throws Exception {
        // In a folder of its own, with a shell, so that this process needs no other locale than POSIX itself.
        assertThat(run("", true)).isEqualTo("2 " + NAME + " true\nna\u00EFve");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void argumentsAreThoseOfTheSystemWithoutRelaunchingToo() throws Exception {
        assertThat(run("-Dnanogpt.relaunch=false -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8", false))
                .isEqualTo("2 " + NAME + " false");
    }

    private String run(String options, boolean reads) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String script = "cd '" + folder + "'\nprintf 'na\u00EFve' > '" + NAME + "'\nexec env LC_ALL=POSIX '" + java
                + "' " + options + " -cp '" + classPath + "' '" + Probe.class.getName() + "' '" + NAME + "' " + reads
                + "\n";
        Path file = Files.writeString(folder.resolve("run.sh"), script);
        Process process = new ProcessBuilder(List.of("sh", file.toString()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return out.strip();
    }
}
