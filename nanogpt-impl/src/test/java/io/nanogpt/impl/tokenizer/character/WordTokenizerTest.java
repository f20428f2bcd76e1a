package io.nanogpt.impl.tokenizer.character;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.tokenizer.format.TokenizerFiles;
import io.nanogpt.impl.tokenizer.pipeline.PipelineTokenizer;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordTokenizerTest {
    private static final String TEXT = "to be or not to be\nthat is\u00A0the question to";

    @TempDir
    private Path folder;

    @Test
    void frequentWordsComeFirst() {
        WordTokenizer tokenizer = WordTokenizer.trainWords(TEXT, 100, 1);
        assertThat(tokenizer.words())
                .containsExactly("<unk>", "to", "be", "or", "not", "that", "is", "the", "question");
        assertThat(tokenizer.encode(" be  whole\tto\n")).containsExactly(2, 0, 1);
        assertThat(tokenizer.decode(2, 0, 1)).isEqualTo("be <unk> to");
        assertThat(tokenizer.canEncode("anything")).isTrue();
        assertThat(tokenizer.encode("")).isEmpty();
        assertThat(CharacterBpeTokenizerTest.streamed(tokenizer, TEXT)).isEqualTo(tokenizer.encode(TEXT));
    }

    /** Ids that Hugging Face tokenizers 0.23 makes with the file of this tokenizer. */
    @Test
    void idsAreThoseOfHuggingFace() {
        WordTokenizer tokenizer = WordTokenizer.trainWords(
                "the cat sat on the mat.\nTHE CATS \u00E9\u2014\tsat\r\n\n 12 cats", Integer.MAX_VALUE, 1);
        assertThat(tokenizer.encode("the mats sat\u2014\r\n\nTHE cats\u00E9 21\n  \tCATS."))
                .containsExactly(1, 0, 0, 6, 0, 0, 0);
    }

    @Test
    void rareWordsAreLeftOut() {
        assertThat(WordTokenizer.trainWords(TEXT, 100, 2).words()).containsExactly("<unk>", "to", "be");
        assertThat(WordTokenizer.trainWords(TEXT, 2, 1).words()).containsExactly("<unk>", "to");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordTokenizer.trainWords(TEXT, 100, 9))
                .withMessageContaining("minimumFrequency");
    }

    @Test
    void integersAreInOrder() {
        WordTokenizer tokenizer = WordTokenizer.trainIntegers("10 9 -3 9\n123456789012345678901234567890 0");
        assertThat(tokenizer.words()).containsExactly("-3", "0", "9", "10", "123456789012345678901234567890");
        assertThat(tokenizer.encode("9 0\n-3")).containsExactly(2, 1, 0);
        assertThat(tokenizer.canEncode("9 8")).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("9 8"))
                .withMessageContaining("\"8\"")
                .withMessageContaining("none of the 5 words");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordTokenizer.trainIntegers("1 two"))
                .withMessageContaining("found two");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordTokenizer.trainIntegers("1 01"))
                .withMessageContaining("in two ways");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.decode(5))
                .withMessageContaining("from 0 to 4");
    }

    @Test
    void textThatComesIdByIdHasItsSpaces() {
        IncrementalDecoder decoder = WordTokenizer.trainIntegers("1 2 3").incrementalDecoder();
        assertThat(decoder.add(0) + decoder.add(2) + decoder.add(1) + decoder.finish())
                .isEqualTo("1 3 2");
        assertThat(decoder.add(0)).isEqualTo("1");
    }

    @Test
    void fileAndTokenizerAreTheSame() throws IOException {
        for (WordTokenizer tokenizer :
                new WordTokenizer[] {WordTokenizer.trainWords(TEXT, 100, 1), WordTokenizer.trainIntegers("3 2 1")}) {
            Path file = folder.resolve("tokenizer.json");
            tokenizer.save(file);
            Tokenizer loaded = TokenizerFiles.load(file);
            assertThat(loaded)
                    .isInstanceOfSatisfying(
                            WordTokenizer.class,
                            same -> assertThat(same.words()).isEqualTo(tokenizer.words()));
            assertThat(loaded.canEncode("other")).isEqualTo(tokenizer.canEncode("other"));
            Path again = folder.resolve("again.json");
            loaded.save(again);
            assertThat(again).hasSameBinaryContentAs(file);
        }
    }

    @Test
    void filesOfOtherTokenizersAreRefused() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        WordTokenizer.trainIntegers("3 2 1").save(file);
        String good = Files.readString(file);
        refused(good, "\"added_tokens\" : [ ]", "\"added_tokens\" : [{}]", "expected a member \"id\"");
        refused(good, "\"2\" : 1", "\"2\" : 0", "stands for two tokens");
        refused(good, "\"unk_token\"", "\"unknown\"", "unknown");
    }

    @Test
    void filesThatAskForMoreAreReadStageByStage() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        WordTokenizer.trainIntegers("3 2 1").save(file);
        String fused = Files.readString(file).replace("\"decoder\" : null", "\"decoder\" : {\"type\": \"Fuse\"}");
        Tokenizer loaded = TokenizerFiles.load(Files.writeString(file, fused));
        assertThat(loaded).isInstanceOf(PipelineTokenizer.class);
        assertThat(loaded.decode(loaded.encode("3 1"))).isEqualTo("31");
    }

    private void refused(String good, String part, String other, String expected) throws IOException {
        assertThat(good).contains(part);
        Path file = Files.writeString(folder.resolve("broken.json"), good.replaceFirst(Pattern.quote(part), other));
        assertThatThrownBy(() -> TokenizerFiles.load(file))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("broken.json, line ", expected);
    }
}
