package io.nanogpt.examples.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

@Tag("any-jdk")
class EndingProgramTest {
    private static final int STATUS = 130;

    /** Fails while the program ends, as one does that saves its model after a signal. */
    @Command(name = "failing")
    static final class Failing implements Callable<Integer> {
        public static void main(String[] arguments) {
            CommandLines.of(new Failing()).execute(arguments);
        }

        @Override
        public Integer call() throws Exception {
            Thread caller = Thread.currentThread();
            CountDownLatch ending = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                ending.countDown();
                try {
                    caller.join();
                } catch (InterruptedException e) {
                    caller.interrupt();
                }
            }));
            new Thread(() -> System.exit(STATUS)).start();
            ending.await();
            throw new IOException("no space left");
        }
    }

    @Test
    void whatFailsWhileAProgramEndsIsTold() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Failing.class.getName())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(STATUS);
        assertThat(printed.strip()).isEqualTo("nanogpt: no space left");
    }
}
