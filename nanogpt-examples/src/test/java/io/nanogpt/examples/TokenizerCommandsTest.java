package io.nanogpt.examples;

import static io.nanogpt.examples.Outcome.badInput;
import static io.nanogpt.examples.Outcome.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThat(train.keys()).containsExactly("vocabulary", "seconds");
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
                        "bytes",
                        "tokens",
                        "bytesPerToken",
                        "tokensPerWord",
                        "vocabularyUse");
        assertThat(run("tokenizer", "info", "--tokenizer", tokenizer).out()).contains(" ids", "longest tokens: ");
    }

    @Test
    void tokenizerErrorsAreOneLine() throws IOException {
        String text = Files.writeString(folder.resolve("a.txt"), "a b").toString();
        String tokenizer = folder.resolve("tokenizer.json").toString();
        run("tokenizer", "train", "--type", "integers", "--data", text, "--out", tokenizer);
        badInput("found a", "tokenizer", "train", "--type", "integers", "--data", text, "--out", tokenizer);
        badInput(
                "of --type byte-bpe",
                "tokenizer",
                "train",
                "--type",
                "char",
                "--special",
                "x",
                "--data",
                text,
                "--out",
                text);
        badInput(
                "leave --vocab out",
                "tokenizer",
                "train",
                "--type",
                "char",
                "--vocab",
                "9",
                "--data",
                text,
                "--out",
                text);
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
                text);
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
                text);
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
        badInput("Missing required subcommand", "tokenizer");
    }

    @Test
    void encodingShowsHowFarItIs() {
        assertThat(EncodingProgress.line(5_000_000, 20_000_000, 1_000_000, 2))
                .isEqualTo(" 25 % of 20 MB, 1,000,000 tokens, 500,000 tokens/s, 0:06 left");
    }
}
