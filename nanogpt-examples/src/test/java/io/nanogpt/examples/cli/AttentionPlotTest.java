package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttentionPlotTest {
    @TempDir
    private Path folder;

    @Test
    void mapsAreDrawn() throws IOException {
        String model = train();
        Path png = folder.resolve("maps.png");
        Outcome all = run("attention", "--model", model, "--text", "the cat", "--plot", png.toString());
        assertThat(all.code()).as(all.err()).isZero();
        assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(600);

        Path svg = folder.resolve("maps.svg");
        Outcome head = run(
                "attention",
                "--model",
                model,
                "--text",
                "the cat",
                "--layer",
                "1",
                "--head",
                "0",
                "--plot",
                svg.toString());
        assertThat(head.code()).as(head.err()).isZero();
        assertThat(svg).content().contains(">layer 1, head 0<", ">␣<").doesNotContain("layer 0", "head 1");

        Outcome means = run(
                "attention", "--model", model, "--text", "the cat", "--averages", "--plot", svg.toString(), "--json");
        assertThat(means.keys()).containsExactly("tokens", "maps", "probabilities");
        assertThat(svg).content().contains(">layer 0<", ">layer 1<").doesNotContain("head 1");

        Outcome longer = run("attention", "--model", model, "--text", "the cat sat", "--layer", "0");
        assertThat(longer.err()).contains("the model reads 8 tokens at most: the first 3 of --text are left out");

        badInput(
                "--plot must end with .png or .svg",
                "attention",
                "--model",
                model,
                "--text",
                "x",
                "--plot",
                "maps.pdf");
    }

    private String train() throws IOException {
        Path text = folder.resolve("text.txt");
        Files.writeString(text, "the cat sat on the mat. ".repeat(20));
        String model = folder.resolve("model").toString();
        Outcome train = run(
                "train",
                "--data",
                text.toString(),
                "--layers",
                "2",
                "--heads",
                "2",
                "--embedding-size",
                "16",
                "--context-length",
                "8",
                "--batch-size",
                "2",
                "--steps",
                "3",
                "--eval-batches",
                "1",
                "--out",
                model);
        assertThat(train.code()).as(train.err()).isZero();
        return model;
    }
}
