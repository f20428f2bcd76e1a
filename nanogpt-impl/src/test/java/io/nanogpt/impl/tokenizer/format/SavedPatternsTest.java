package io.nanogpt.impl.tokenizer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.impl.regex.RandomPatterns;
import io.nanogpt.impl.tokenizer.RandomTexts;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code save} writes, {@code load} reads, whatever the pattern. */
@Tag("any-jdk")
class SavedPatternsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\p{L}+",
                "\\d{2}+",
                "\\p{L}+|\\p{N}{1,3}+|\\s+(?!\\S)|.",
                "^\\w+|\\W+$",
                "(?i:a|k)+|\\h+|\\R",
                "\\p{IsLatin}+|\\p{javaLowerCase}|[\\w&&[^_]]+",
                "(?x) a + # comment\n | b",
                "(a|b)\\1|(?<n>c)\\k<n>",
            })
    void theIdsAreTheSame(String regex) {
        check(regex, new Random(1));
    }

    @Test
    void theIdsAreTheSameForRandomPatterns() {
        RandomPatterns patterns = new RandomPatterns(11, false);
        Random texts = new Random(11);
        for (int i = 0; i < 40; i++) {
            check(patterns.pattern(), texts);
        }
    }

    private void check(String regex, Random random) {
        Tokenizer trained = train(regex);
        Path file = folder.resolve("tokenizer.json");
        trained.save(file);
        Tokenizer loaded = Tokenizers.load(file);
        for (int i = 0; i < 10; i++) {
            String text = RandomTexts.of(random, 30);
            assertThat(loaded.encode(text)).as("%s on %s", regex, text).isEqualTo(trained.encode(text));
        }
    }

    private static Tokenizer train(String regex) {
        return Tokenizers.byteLevelBpe()
                .vocabularySize(300)
                .pattern(new SplitPattern(regex))
                .threads(1)
                .train(Corpus.ofText("Some text, and some more text: 12 345 6789; aa bb cc ab ab\n\n  kK"));
    }

    @Test
    void aPatternThatCannotBeSavedIsNotTrained() {
        assertThatThrownBy(() -> train("a\\b{g}"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("tokenizer.json", "\\b{g}");
    }

    @Test
    @Timeout(120)
    void longTextsDoNotOverflowTheStack() {
        String letters = "ab".repeat(50_000);
        assertThat(train("(?:a|b)+").decode(train("(?:a|b)+").encode(letters))).isEqualTo(letters);
        assertThat(train("(a|a)*b").encode("a".repeat(2_000))).isNotEmpty();
        assertThat(train("(a+)+b").encode("a".repeat(100_000))).isNotEmpty();
        assertThatThrownBy(() -> train("(a|b)\\1|(?:a|b)++c").encode("ab".repeat(500_000)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("the pattern (a|b)\\1|(?:a|b)++c");
    }
}
