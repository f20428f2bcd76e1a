package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What computes a run: DJL on the processor, since few machines have a GPU. */
@EnabledOnOs(
        value = OS.LINUX,
        architectures = "amd64",
        disabledReason = "PyTorch is on the class path for Linux on x86-64")
class BackendOptionsTest {
    @TempDir
    private Path folder;

    @Test
    void modelsThatDjlTrainedAreSavedAndAskedAsAnyOther() throws Exception {
        List<String> losses = new ArrayList<>();
        for (String backend : List.of("cpu", "djl")) {
            Path out = folder.resolve(backend);
            Outcome train = train(out, "--backend", backend, "--device", "cpu", "--threads", "1");
            assertThat(train.code()).as(train.err()).isZero();
            assertThat(train.out()).contains(" on " + backend + ", ");
            Outcome evaluate = Outcome.run("evaluate", "--model", out.toString(), "--data", text(), "--json");
            assertThat(evaluate.code()).as(evaluate.err()).isZero();
            losses.add(evaluate.out().substring(0, 13));
        }
        assertThat(losses.get(1)).isEqualTo(losses.get(0));
    }

    @Test
    void whatDoesNotFitTogetherIsToldBeforeAnythingIsRead() throws Exception {
        for (String options : List.of(
                "--backend cpu --device cuda",
                "--backend cpu --precision tf32",
                "--backend auto --precision bf16",
                "--backend auto --device cuda:1")) {
            badInput("give --backend djl", arguments(folder.resolve("out"), options.split(" ", -1)));
        }
        badInput(
                "nothing on the class path computes matrix products in bf16 with --backend cpu; add the artifact"
                        + " nanogpt-native, or leave out --precision",
                arguments(folder.resolve("out"), "--backend", "cpu", "--precision", "bf16"));
        badInput("no backend is named tpu", arguments(folder.resolve("out"), "--backend", "tpu"));
        badInput("no device is named gpu", arguments(folder.resolve("out"), "--backend", "djl", "--device", "gpu"));
    }

    /** In a JVM of its own without DJL: here it is on the class path. */
    @Test
    void withoutDjlTheOptionsThatNeedItAreNamed() throws Exception {
        Path out = folder.resolve("out");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPathWithoutDjl()));
        command.addAll(List.of("-Dnanogpt.relaunch=false", Main.class.getName()));
        command.addAll(List.of(arguments(out, "--precision", "bf16")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isEqualTo(2);
        assertThat(printed)
                .contains(
                        "nanogpt: --backend djl, which --device cuda needs, and --precision without --backend cpu, cannot"
                                + " compute without DJL's PyTorch engine; leave these options out, to compute on the CPU in f32, or add to"
                                + " the class path ai.djl.pytorch:pytorch-engine");
        assertThat(out).doesNotExist();
    }

    private static String classPathWithoutDjl() {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(classPath.split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("djl") && !entry.contains("pytorch"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void theDoctorNamesTheEngine() {
        assertThat(Outcome.run("doctor").out()).contains("ok  DJL with PyTorch: PyTorch 2.7.1 through DJL 0.35.1");
    }

    private Outcome train(Path out, String... options) throws Exception {
        return Outcome.run(arguments(out, options));
    }

    private String[] arguments(Path out, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("train", "--data", text(), "--out", out.toString()));
        all.addAll(List.of("--layers", "1", "--heads", "2", "--embedding-size", "16", "--context-length", "8"));
        all.addAll(List.of("--steps", "5", "--eval-every", "5", "--eval-batches", "1"));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }

    private String text() throws Exception {
        return Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat. ".repeat(60))
                .toString();
    }
}
