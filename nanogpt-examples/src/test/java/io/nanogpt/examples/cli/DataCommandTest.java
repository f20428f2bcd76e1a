package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("any-jdk")
class DataCommandTest {
    @TempDir
    private Path folder;

    @Test
    void theSequencesAreWrittenOnceAndNeverOverSomethingElse() throws IOException {
        Path file = folder.resolve("a/new/folder/sequences.txt");
        assertThat(run("data", "sequences", "--out", file.toString()).out()).contains("152 bytes, written");
        assertThat(file).content().contains("0 1 1 2 3 5 8 13 21 34 55 89 144 233 377 610");
        assertThat(run("data", "sequences", "--out", file.toString(), "--json").lastLine())
                .contains("\"bytes\":152,\"kept\":true");
        Files.writeString(file, "mine");
        badInput("exists and holds something else", "data", "sequences", "--out", file.toString());
        assertThat(file).hasContent("mine");
    }

    @Test
    void aTextThatIsThereAlreadyIsNotDownloaded() throws IOException {
        Path captions = Files.writeString(folder.resolve("captions.json"), "[\"a\", \"b\"]");
        assertThat(run("data", "captions", "--out", captions.toString()).out())
                .contains("10 bytes, there already", "next: nanogpt data show --data " + captions);
    }

    @Test
    void aFileThatIsNotTinyShakespeareIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("plays.txt"), "To be");
        badInput("expected 1115394 bytes, but found 5", "data", "tiny-shakespeare", "--out", file.toString());
        badInput("expected 22502601 bytes, but found 5", "data", "tiny-stories", "--out", file.toString());
    }

    @Test
    void withoutANetworkThereIsAnotherWay() {
        assertThat(DataTextCommand.withoutNetwork(Path.of("data/captions.json")))
                .isEqualTo(
                        "without a network, copy the text from another machine to data/captions.json and give this"
                                + " command again; or give verbs --sample in place of --data, for the captions that are built in");
    }

    @Test
    void aLongTextIsNotShownWhole() throws IOException {
        String play = Files.writeString(folder.resolve("play.txt"), "To be, or not to be. ".repeat(100))
                .toString();
        String shown = run("data", "show", "--data", play, "--characters", "6").out();
        assertThat(shown)
                .startsWith("1 record, 2,100 characters")
                .endsWith("\nthe first 6 characters:\nTo be,\n")
                .doesNotContain("record 1:", "between records");
        String two = run("data", "show", "--data", play, "--data", play, "--characters", "6")
                .out();
        assertThat(two).contains("\nrecord 1, its first 6 characters:\nTo be,\n");
        assertThat(run("data", "show", "--data", play, "--characters", "0")
                        .out()
                        .lines())
                .hasSize(2);
    }

    @Test
    void showsSizeRecordAndBeginningAsAModelIsTrainedOnThem() throws IOException {
        String file = Files.writeString(folder.resolve("captions.json"), "[\"One é.\", \"Two.\"]")
                .toString();
        assertThat(run("data", "show", "--data", file).out())
                .contains("2 records, 11 characters", "12 bytes in UTF-8", "the control character U+001E")
                .contains("record 1:\nOne é.\n");
        assertThat(run("data", "show", "--data", file, "--separator", "\\n", "--case", "upper", "--record", "2")
                        .out())
                .contains("between records: \"\\n\"", "record 2:\nTWO.\n", "the first 11 characters:\nONE É.\nTWO.");
        assertThat(run("data", "show", "--data", file, "--characters", "5", "--json")
                        .lastLine())
                .contains("\"records\":2,\"characters\":11,\"bytes\":12", "\"beginning\":\"One é\"");
        badInput("--record must be from 1 to 2", "data", "show", "--data", file, "--record", "3");
        badInput("--characters must be at least 0", "data", "show", "--data", file, "--characters", "-1");
    }
}
