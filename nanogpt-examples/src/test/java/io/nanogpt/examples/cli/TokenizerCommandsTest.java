package io.nanogpt.examples.cli;

import static io.nanogpt.examples.cli.Outcome.badInput;
import static io.nanogpt.examples.cli.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.examples.cli.console.EncodingProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("any-jdk")
class TokenizerCommandsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"byte-bpe", "char-bpe", "char", "words"})
    void tokenizersTrainEncodeDecodeAndTell(String type) throws IOException {
        String text = Files.writeString(folder.resolve("a.txt"), "one cat and two cats and no cat ".repeat(20))
                .toString();
        String tokenizer = folder.resolve("tokenizer.json").toString();
        String ids = folder.resolve("ids.npy").toString();
        Outcome train = run("tokenizer", "train", "--type", type, "--data", text, "--out", tokenizer, "--json");
        assertThat(train.code()).as(train.err()).isZero();
        assertThat(train.keys()).containsExactly("vocabulary", "seconds", "peakBytes", "peakMeasure");
        Outcome encode = run(
                "tokenizer",
                "encode",
                "--tokenizer",
                tokenizer,
                "--in",
                text,
                "--out",
                ids,
                "--dtype",
                "int32",
                "--json");
        assertThat(encode.code()).as(encode.err()).isZero();
        assertThat(encode.keys()).containsExactly("tokens", "bytes", "dtype", "tokensPerSecond", "seconds");
        assertThat(encode.lastLine()).contains("\"dtype\":\"int32\"");
        Outcome decode = run("tokenizer", "decode", "--tokenizer", tokenizer, "--in", ids);
        assertThat(decode.out().strip())
                .as(decode.err())
                .isEqualTo(Files.readString(Path.of(text)).strip());
        String back = folder.resolve("back.txt").toString();
        assertThat(run("tokenizer", "decode", "--tokenizer", tokenizer, "--in", ids, "--out", back)
                        .code())
                .isZero();
        assertThat(Path.of(back)).content().startsWith("one cat and two cats");
        Outcome info = run("tokenizer", "info", "--tokenizer", tokenizer, "--data", text, "--json");
        assertThat(info.keys())
                .as(info.err())
                .containsExactly(
                        "vocabulary",
                        "specialTokens",
                        "longestTokens",
                        "notes",
                        "bytes",
                        "tokens",
                        "bytesPerToken",
                        "tokensPerWord",
                        "vocabularyUse");
        assertThat(run("tokenizer", "info", "--tokenizer", tokenizer).out()).contains(" ids", "longest tokens: ");
    }

    @Test
    void aTokenizerOfNoTextIsRefused() throws IOException {
        String empty = Files.writeString(folder.resolve("empty.txt"), "").toString();
        String out = folder.resolve("tokenizer.json").toString();
        for (String type : List.of("byte-bpe", "char-bpe", "char", "words", "integers")) {
            badInput(
                    "the corpus is empty: " + empty + " has no text",
                    "tokenizer",
                    "train",
                    "--type",
                    type,
                    "--data",
                    empty,
                    "--out",
                    out);
        }
        assertThat(Path.of(out)).doesNotExist();
    }

    @Test
    void tokenizerErrorsAreOneLine() throws IOException {
        String text = Files.writeString(folder.resolve("a.txt"), "a b").toString();
        String tokenizer = folder.resolve("tokenizer.json").toString();
        run("tokenizer", "train", "--type", "integers", "--data", text, "--out", tokenizer);
        badInput("found a", "tokenizer", "train", "--type", "integers", "--data", text, "--out", tokenizer);
        badInput(
                "for --type byte-bpe",
                "tokenizer",
                "train",
                "--type",
                "char",
                "--special",
                "x",
                "--data",
                text,
                "--out",
                text + ".json");
        badInput(
                "--vocab is for --type byte-bpe, char-bpe and words",
                "tokenizer",
                "train",
                "--type",
                "char",
                "--vocab",
                "9",
                "--data",
                text,
                "--out",
                text + ".json");
        badInput(
                "cs336 or huggingface",
                "tokenizer",
                "train",
                "--type",
                "byte-bpe",
                "--ties",
                "x",
                "--data",
                text,
                "--out",
                text + ".json");
        badInput(
                "at least 256",
                "tokenizer",
                "train",
                "--type",
                "byte-bpe",
                "--vocab",
                "9",
                "--data",
                text,
                "--out",
                text + ".json");
        badInput(
                "tokenizer.json",
                "tokenizer",
                "encode",
                "--tokenizer",
                tokenizer,
                "--in",
                text,
                "--out",
                text + ".bin");
        badInput("a verb is missing; the verbs are train, encode, decode, info, show", "tokenizer");
    }

    @Test
    void aVocabularySmallerThanAskedForIsReported() throws IOException {
        String text = Files.writeString(folder.resolve("a.txt"), "one cat and two cats ".repeat(20))
                .toString();
        String tokenizer = folder.resolve("tokenizer.json").toString();
        Outcome few =
                run("tokenizer", "train", "--type", "byte-bpe", "--vocab", "9000", "--data", text, "--out", tokenizer);
        assertThat(few.code()).as(few.err()).isZero();
        assertThat(few.err()).containsPattern("^the vocabulary has \\d+ ids, not the 9,000 of --vocab: ");
        Outcome exact =
                run("tokenizer", "train", "--type", "byte-bpe", "--vocab", "258", "--data", text, "--out", tokenizer);
        assertThat(exact.err()).isEmpty();
        assertThat(exact.out()).startsWith("258 ids ");
    }

    @Test
    void tokensAreQuoted() throws IOException {
        String text = Files.writeString(folder.resolve("a.txt"), "a\n\"b\" ".repeat(9))
                .toString();
        String tokenizer = folder.resolve("tokenizer.json").toString();
        run(
                "tokenizer",
                "train",
                "--type",
                "byte-bpe",
                "--vocab",
                "257",
                "--special",
                "<|end|>",
                "--data",
                text,
                "--out",
                tokenizer);
        Outcome special = run("tokenizer", "info", "--tokenizer", tokenizer);
        assertThat(special.out()).contains("special token \"<|end|>\": 0");
        assertThat(special.out().lines().filter(line -> line.startsWith("longest tokens: ")))
                .allMatch(line -> !line.contains("<|end|>"));
        run("tokenizer", "train", "--type", "char", "--data", text, "--out", tokenizer);
        assertThat(run("tokenizer", "info", "--tokenizer", tokenizer).out())
                .contains("longest tokens: \"\\n\" 0, \" \" 1, \"\\\"\" 2, \"a\" 3, \"b\" 4");
    }

    private String trained(String name, String type) throws IOException {
        String text = Files.writeString(folder.resolve("a.txt"), "one cat and two cats and no cat ".repeat(20))
                .toString();
        String tokenizer = folder.resolve(name).toString();
        run("tokenizer", "train", "--type", type, "--data", text, "--out", tokenizer);
        return tokenizer;
    }

    @Test
    void aTextIsShownAsItsTokens() throws IOException {
        String words = trained("words.json", "byte-bpe");
        Outcome shown = run("tokenizer", "show", "--tokenizer", words, "one cat\né");
        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.out()).containsPattern("^one +␣cat ↵\\R\\d+ +\\d+ +\\d+\\R‹C3› ‹A9›\\R");
        assertThat(shown.out())
                .contains("5 tokens of 10 bytes: 2.000 bytes a token; vocabulary of ")
                .containsPattern("MB/s with \\d+ threads?: a text of 1 GB would take [0-9.]+ (s|min|h)\\R")
                .doesNotContain("\033");
        Outcome json = run("tokenizer", "show", "--tokenizer", words, "--gigabytes", "2", "--json", "one cat");
        assertThat(json.keys()).containsExactly("bytes", "tokenizers");
        assertThat(json.lastLine()).contains("\"bytes\":7", "\"gigabytes\":2.0", "\"text\":\" cat\"");
    }

    @Test
    void tokenizersAreShownSideBySide() throws IOException {
        String words = trained("words.json", "byte-bpe");
        String characters = trained("characters.json", "char");
        String text = Files.writeString(folder.resolve("b.txt"), "two cats").toString();
        Path page = folder.resolve("page.html");
        Outcome shown = run(
                "tokenizer",
                "show",
                "--tokenizer",
                words,
                "--tokenizer",
                characters,
                "--in",
                text,
                "--shown",
                "1",
                "--html",
                page.toString());
        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.out())
                .contains(words, characters, "... and 1 more", "... and 7 more", "saved in " + page)
                .contains("2 tokens of 8 bytes", "8 tokens of 8 bytes");
        assertThat(page).content().contains("words.json", "characters.json", "␣cats");
    }

    @Test
    void whatCannotBeShownIsRefused() throws IOException {
        String characters = trained("characters.json", "char");
        String text = folder.resolve("a.txt").toString();
        badInput("give TEXT or --in, not both", "tokenizer", "show", "--tokenizer", characters, "--in", text, "cat");
        badInput("the text is empty", "tokenizer", "show", "--tokenizer", characters, "");
        badInput("--shown must be", "tokenizer", "show", "--tokenizer", characters, "--shown", "-1", "cat");
        badInput("--threads must be", "tokenizer", "show", "--tokenizer", characters, "--threads", "0", "cat");
        badInput("--gigabytes must be", "tokenizer", "show", "--tokenizer", characters, "--gigabytes", "0", "cat");
        badInput("give another --html", "tokenizer", "show", "--tokenizer", characters, "--html", characters, "cat");
        badInput("--tokenizer " + characters + ": ", "tokenizer", "show", "--tokenizer", characters, "quick");
    }

    @Test
    void ofALongTextTheBeginningIsShown() throws IOException {
        String characters = trained("characters.json", "char");
        // The character at the limit is whole or left out.
        String text = Files.writeString(folder.resolve("long.txt"), "a".repeat(999_999) + "éa")
                .toString();
        Outcome shown = run("tokenizer", "show", "--tokenizer", characters, "--in", text, "--shown", "0");
        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.err()).contains("the text is longer; these are its first 999,999 bytes");
        assertThat(shown.out()).contains("999,999 tokens of 999,999 bytes");
    }

    @Test
    void encodingShowsHowFarItIs() {
        assertThat(EncodingProgress.line(5_000_000, 20_000_000, 1_000_000, 2))
                .isEqualTo(" 25 % of 20 MB, 1,000,000 tokens, 500,000 tokens/s, 0:06 left");
    }
}
