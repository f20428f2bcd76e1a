package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed at random moments and resumed ends with the same bytes as one that was left alone. */
@Tag("any-jdk")
class KillAndResumeTest {
    private static final int KILLS = 14;

    @TempDir
    private Path folder;

    @Test
    void aRunThatIsKilledAgainAndAgainEndsWithTheSameBytes() throws IOException, InterruptedException {
        Path undisturbed = folder.resolve("undisturbed");
        start(folder.resolve("undisturbed-checkpoints"), undisturbed)
                .inputReader()
                .lines()
                .forEach(line -> {});

        Path checkpoints = folder.resolve("checkpoints");
        Path result = folder.resolve("result");
        SplittableRandom random = new SplittableRandom(17);
        int kills = 0;
        int resumed = 0;
        while (!Files.exists(result)) {
            Process process = start(checkpoints, result);
            try (BufferedReader output = process.inputReader()) {
                String from = output.readLine();
                assertThat(from).startsWith("from ");
                resumed += from.equals("from 1") ? 0 : 1;
                if (kills < KILLS) {
                    // After a random number of steps and some of a millisecond: in a step or while a checkpoint is
                    // written.
                    for (int steps = random.nextInt(160); steps > 0; steps--) {
                        output.readLine();
                    }
                    LockSupport.parkNanos(random.nextInt(3_000_000));
                    kills += process.isAlive() ? 1 : 0;
                    process.destroyForcibly(); // SIGKILL where there are signals
                } else {
                    output.lines().forEach(line -> {});
                }
                process.waitFor();
            }
        }
        assertThat(kills).isGreaterThanOrEqualTo(11);
        assertThat(resumed).isPositive();
        for (String file : new String[] {"model.safetensors", "config.json", "tokenizer.json"}) {
            assertThat(result.resolve(file)).hasSameBinaryContentAs(undisturbed.resolve(file));
        }
        Path last = Path.of("step-" + String.format(Locale.ROOT, "%08d", KilledTraining.STEPS));
        for (String file : new String[] {"model.safetensors", "optimizer.safetensors", "best.safetensors"}) {
            assertThat(checkpoints.resolve(last).resolve(file))
                    .hasSameBinaryContentAs(folder.resolve("undisturbed-checkpoints")
                            .resolve(last)
                            .resolve(file));
        }
    }

    private Process start(Path checkpoints, Path result) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledTraining.class.getName(),
                        checkpoints.toString(),
                        result.toString())
                .redirectError(folder.resolve("errors.txt").toFile())
                .start();
    }
}
