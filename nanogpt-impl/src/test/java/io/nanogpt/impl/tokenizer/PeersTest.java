package io.nanogpt.impl.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.bpe.ByteLevelTokenizer;
import io.nanogpt.impl.tokenizer.format.BpeJsonWriter;
import io.nanogpt.tokenizer.ByteLevelBpeConfig.TieRule;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.Format;
import io.nanogpt.tokenizer.Tokenizers;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with the results of Hugging Face tokenizers, tiktoken and the rule of CS336: see {@code generate.py}. */
public class PeersTest {
    private static final String END = "<|endoftext|>";
    private static final JsonValue EXPECTED = JsonValue.read(resource("expected.json"), "the expected ids");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama3", "o200k"})
    void trainsEncodesAndWritesAsHuggingFace(String name) {
        ByteLevelTokenizer theirs = (ByteLevelTokenizer) Tokenizers.load(resource(name + ".json"));
        checkIds(theirs, name);
        ByteLevelTokenizer ours = (ByteLevelTokenizer) Tokenizers.byteLevelBpe()
                .vocabularySize(theirs.vocabularySize())
                .specialTokens(END)
                .pattern(theirs.model().pattern())
                .ties(TieRule.HUGGING_FACE)
                .train(resource("text.txt"));
        assertThat(merges(ours)).isEqualTo(merges(theirs));
        assertThat(tokens(ours)).isEqualTo(tokens(theirs));
        ours.save(folder.resolve("tokenizer.json"));
        ByteLevelTokenizer again = (ByteLevelTokenizer) Tokenizers.load(folder);
        assertThat(again.model().pattern()).isEqualTo(theirs.model().pattern());
        checkIds(again, name);
    }

    @Test
    void breaksTiesAsCs336Asks() {
        ByteLevelTokenizer ours = (ByteLevelTokenizer) Tokenizers.byteLevelBpe()
                .vocabularySize(420)
                .specialTokens(END)
                .ties(TieRule.CS336)
                .train(resource("text.txt"));
        assertThat(merges(ours))
                .isEqualTo(EXPECTED.member("cs336Merges").elements().stream()
                        .map(JsonValue::string)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "cl100k", "o200k"})
    void encodesAsTiktoken(String pattern) {
        Path ranks = folder.resolve("ranks.tiktoken");
        Tokenizers.load(resource("gpt2.json")).save(ranks, Format.TIKTOKEN);
        Tokenizer ours = Tokenizers.loadTiktoken(ranks, SplitPattern.of(pattern), Map.of(END, 0));
        checkIds(ours, "tiktoken-" + pattern);
        ours.save(folder.resolve("tokenizer.json"));
        checkIds(Tokenizers.load(folder), "tiktoken-" + pattern);
        ours.save(folder.resolve("again.tiktoken"), Format.TIKTOKEN);
        assertThat(folder.resolve("again.tiktoken")).hasSameTextualContentAs(ranks);
    }

    @Test
    void readsAndWritesTheFilesOfGpt2() {
        Tokenizer theirs = Tokenizers.load(resource("gpt2.json"));
        theirs.save(folder, Format.GPT2);
        checkIds(Tokenizers.load(folder), "gpt2");
        checkIds(
                Tokenizers.loadGpt2(
                        folder.resolve("vocab.json"), folder.resolve("merges.txt"), SplitPattern.GPT2, List.of(END)),
                "gpt2");
    }

    private static void checkIds(Tokenizer tokenizer, String name) {
        List<JsonValue> strings = EXPECTED.member("strings").elements();
        List<JsonValue> ids = EXPECTED.member(name).elements();
        for (int i = 0; i < strings.size(); i++) {
            String text = strings.get(i).string();
            int[] expected = ids.get(i).elements().stream()
                    .mapToInt(id -> (int) id.integer(0, Integer.MAX_VALUE))
                    .toArray();
            assertThat(tokenizer.encode(text)).as(text).isEqualTo(expected);
            assertThat(tokenizer.decode(expected)).isEqualTo(text);
        }
    }

    private static List<String> merges(ByteLevelTokenizer tokenizer) {
        return IntStream.range(0, tokenizer.model().merges().size())
                .mapToObj(i -> BpeJsonWriter.merge(tokenizer.model(), i))
                .toList();
    }

    private static List<String> tokens(ByteLevelTokenizer tokenizer) {
        return IntStream.range(0, tokenizer.vocabularySize())
                .mapToObj(id -> Arrays.toString(tokenizer.decodeBytes(id)))
                .toList();
    }

    public static Path resource(String name) {
        URL url = Objects.requireNonNull(PeersTest.class.getResource("/tokenizer/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
