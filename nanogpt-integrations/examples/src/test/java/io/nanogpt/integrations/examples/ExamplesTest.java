package io.nanogpt.integrations.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class ExamplesTest {
    private static final List<String> RECORDS = List.of(
            "the liver has large cells",
            "the lung has thin walls",
            "the skin has many layers",
            "the heart has strong muscle");

    @TempDir
    private Path folder;

    @Test
    void theApplicationTrainsAtItsFirstStartAndWritesTheSameCaptionsAtTheNext() throws IOException {
        Path records = Files.writeString(
                folder.resolve("records.txt"), String.join("\n", RECORDS).repeat(30));
        String[] arguments = {
            "--spring.ai.nanogpt.model=" + folder.resolve("model"),
            "--spring.ai.nanogpt.corpus=" + records,
            "--spring.ai.nanogpt.budget=2s",
            "--spring.ai.nanogpt.chat.max-tokens=20",
            "--spring.main.banner-mode=off",
            "the liver",
            "the lung"
        };
        List<String> first = captions(arguments);
        assertThat(folder.resolve("model/model.safetensors")).exists();
        assertThat(first).anyMatch(line -> line.startsWith("the liver")).anyMatch(line -> line.startsWith("the lung"));
        assertThat(captions(arguments)).isEqualTo(first);
    }

    /** The lines that begin as captions do. */
    private static List<String> captions(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            CaptionApplication.main(arguments);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("the "))
                .toList();
    }

    @Test
    void theNearestRecordIsTheTextItself() {
        try (LanguageModel model = GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(32)
                .training(trainer -> trainer.steps(20).evaluationBatches(1))
                .train(Corpus.ofText(String.join("\n", RECORDS).repeat(20)))) {
            RecordSearch search = new RecordSearch(model, RECORDS);
            for (String record : RECORDS) {
                assertThat(search.nearest(record, 2)).hasSize(2).first().isEqualTo(record);
            }
            assertThat(search.generate("the skin")).isNotEmpty().isEqualTo(search.generate("the skin"));
        }
    }
}
