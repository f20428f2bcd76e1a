package io.nanogpt.impl.tokenizer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.PeersTest;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Compares tokenizers of every kind with Hugging Face tokenizers: see {@code generate_pipelines.py} and {@code
 * generate_precompiled.py}. */
@Tag("any-jdk")
class PipelineFixturesTest {
    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> encodesAndDecodesAsHuggingFace() throws IOException {
        return tests("pipelines.json");
    }

    @TestFactory
    Stream<DynamicTest> replacesByTheTablesOfSentencePiece() throws IOException {
        return tests("precompiled.json");
    }

    private Stream<DynamicTest> tests(String list) throws IOException {
        List<JsonValue> cases =
                JsonValue.read(PeersTest.resource(list), "tokenizers").elements();
        List<String> lines = Files.readAllLines(PeersTest.resource(list));
        return IntStream.range(0, cases.size())
                .mapToObj(i -> DynamicTest.dynamicTest("tokenizer " + i, () -> {
                    String json = tokenizer(lines.get(i + 1));
                    Path file = Files.writeString(folder.resolve("tokenizer.json"), json);
                    check(Tokenizers.load(file), json, cases.get(i));
                }));
    }

    /** The text of the tokenizer of a line {@code {"tokenizer":...,"texts":...}}. */
    private static String tokenizer(String line) {
        return line.substring(line.indexOf(':') + 1, line.lastIndexOf(",\"texts\":"));
    }

    private static void check(Tokenizer tokenizer, String json, JsonValue expected) {
        for (JsonValue text : expected.member("texts").elements()) {
            String string = text.member("text").string();
            int[] ids = tokenizer.encode(string);
            assertThat(ids).as(string).isEqualTo(ids(text.member("ids")));
            assertThat(tokenizer.encode(string, true)).as(string).isEqualTo(ids(text.member("special")));
            assertThat(tokenizer.decode(ids))
                    .as(string)
                    .isEqualTo(text.member("decoded").string());
        }
        for (JsonValue random : expected.member("random").elements()) {
            assertThat(tokenizer.decode(ids(random.member("ids"))))
                    .isEqualTo(random.member("decoded").string());
        }
        assertThat(tokenizer.toJson()).isEqualTo(json);
    }

    private static int[] ids(JsonValue array) {
        return array.elements().stream()
                .mapToInt(id -> (int) id.integer(0, Integer.MAX_VALUE))
                .toArray();
    }
}
