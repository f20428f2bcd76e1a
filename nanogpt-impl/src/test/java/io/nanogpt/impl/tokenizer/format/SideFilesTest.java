package io.nanogpt.impl.tokenizer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.tokenizer.PeersTest;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.Format;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What transformers puts beside {@code vocab.json} and {@code merges.txt}. */
class SideFilesTest {
    private static final int SIZE = 420;

    @TempDir
    private Path folder;

    @BeforeEach
    void saveTheTwoFiles() {
        Tokenizers.load(PeersTest.resource("gpt2.json")).save(folder, Format.GPT2);
    }

    private void write(String name, String json) throws IOException {
        Files.writeString(folder.resolve(name), json.replace('\'', '"'));
    }

    @Test
    void addedTokensAndSpecialTokensAreFound() throws IOException {
        int[] a = Tokenizers.load(folder).encode("a");
        write("added_tokens.json", "{'<|pad|>': 420, '<extra>': 421}");
        write(
                "special_tokens_map.json",
                "{'bos_token': '<|endoftext|>', 'pad_token': '<|pad|>', 'mask_token': {'content': '<mask>',"
                        + " 'lstrip': true}, 'additional_special_tokens': ['<one>']}");
        Tokenizer tokenizer = Tokenizers.load(folder);
        assertThat(tokenizer.encode("<|endoftext|>a<|pad|><extra>a  <mask><one>"))
                .containsExactly(0, a[0], SIZE, SIZE + 1, a[0], SIZE + 2, SIZE + 3);
        assertThat(tokenizer.vocabularySize()).isEqualTo(SIZE + 4);
        tokenizer.save(folder.resolve("tokenizer.json"));
        assertThat(Tokenizers.load(folder).encode("a  <mask>")).containsExactly(a[0], SIZE + 2);
    }

    @Test
    void settingsAreFollowed() throws IOException {
        int[] spaced = Tokenizers.load(folder).encode(" the");
        write(
                "tokenizer_config.json",
                "{'tokenizer_class': 'GPT2Tokenizer', 'add_prefix_space': true, 'add_bos_token': true,"
                        + " 'bos_token': '<|endoftext|>', 'added_tokens_decoder': {'420': {'content': '<x>',"
                        + " 'rstrip': true}}}");
        Tokenizer tokenizer = Tokenizers.load(folder);
        assertThat(tokenizer.encode("the")).isEqualTo(spaced);
        assertThat(tokenizer.encodePrompt("the")[0]).isZero();
        assertThat(tokenizer.encode("<x>  ")).containsExactly(SIZE);
        write("tokenizer_config.json", "{'tokenizer_class': 'GPT2Tokenizer'}");
        assertThat(Tokenizers.load(folder).encode("<|endoftext|>")).containsExactly(0);
    }

    @Test
    void otherClassesHaveTheirOwnSteps() throws IOException {
        write("tokenizer_config.json", "{'tokenizer_class': 'Qwen2TokenizerFast', 'eos_token': '<|endoftext|>'}");
        Tokenizer qwen = Tokenizers.load(folder);
        assertThat(qwen.encode("e\u0301")).isEqualTo(qwen.encode("\u00E9"));
        write(
                "tokenizer_config.json",
                "{'tokenizer_class': 'RobertaTokenizer', 'bos_token': '<s>', 'eos_token': '</s>'}");
        assertThat(Tokenizers.load(folder).encode("", true)).containsExactly(SIZE, SIZE + 1);
        write("tokenizer_config.json", "{'tokenizer_class': 'CLIPTokenizer'}");
        assertThatThrownBy(() -> Tokenizers.load(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("tokenizer_config.json, line 1")
                .hasMessageContaining("the class CLIPTokenizer is not supported");
    }

    @Test
    void aVocabularyMayLackEndOfTextAndBytes() throws IOException {
        String vocabulary = Files.readString(folder.resolve("vocab.json"));
        Files.writeString(folder.resolve("vocab.json"), vocabulary.replace("<|endoftext|>", "<s>"));
        assertThat(Tokenizers.load(folder).specialTokens()).isEmpty();
        Files.writeString(folder.resolve("vocab.json"), vocabulary.replace("\"Z\":58,", ""));
        Tokenizer incomplete = Tokenizers.load(folder);
        assertThat(incomplete.encode("aZa<|endoftext|>")).isEqualTo(incomplete.encode("aa<|endoftext|>"));
        assertThat(incomplete.specialTokens()).containsEntry("<|endoftext|>", 0);
        Files.writeString(folder.resolve("merges.txt"), Files.readString(folder.resolve("merges.txt")) + "q z\n");
        assertThatThrownBy(() -> Tokenizers.load(folder))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("merges.txt, line 165")
                .hasMessageContaining("\"qz\"");
    }

    @Test
    void brokenSideFilesAreNamed() throws IOException {
        write("added_tokens.json", "{'<x>': -1}");
        assertThatThrownBy(() -> Tokenizers.load(folder)).hasMessageContaining("added_tokens.json, line 1");
        write("added_tokens.json", "[]");
        assertThatThrownBy(() -> Tokenizers.load(folder)).hasMessageContaining("added_tokens.json, line 1");
        write("added_tokens.json", "{}");
        write("tokenizer_config.json", "{'added_tokens_decoder': {'x': {'content': 'y'}}}");
        assertThatThrownBy(() -> Tokenizers.load(folder)).hasMessageContaining("expected an id of a token");
        write("tokenizer_config.json", "{'bos_token': ''}");
        assertThatThrownBy(() -> Tokenizers.load(folder)).hasMessageContaining("at least one character");
    }

    @Test
    void rankFilesAreToldByTheirContent() throws IOException {
        Path ranks = folder.resolve("ranks.txt");
        Tokenizers.load(PeersTest.resource("gpt2.json")).save(ranks, Format.TIKTOKEN);
        assertThatThrownBy(() -> Tokenizers.load(ranks))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("is a rank file of tiktoken")
                .hasMessageContaining("419 ranks");
    }
}
