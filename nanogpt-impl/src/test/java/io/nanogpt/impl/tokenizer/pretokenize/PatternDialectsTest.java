package io.nanogpt.impl.tokenizer.pretokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.regex.OnigurumaParser;
import io.nanogpt.impl.regex.PatternSearch;
import io.nanogpt.impl.regex.RandomPatterns;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternDialectsTest {
    private final PatternDialects dialects = new PatternDialects();

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "\\p{L}+|\\s+(?!\\S) \\p{L}+|\\s+(?!\\S)",
                "\\p{L}++|[^\\r\\n]?+ \\p{L}++|[^\\r\\n]?+",
                "\\d{2}+ (?>\\d{2})",
                "\\d{1,3}+ (?>\\d{1,3})",
                "\\d{2}? \\d{2}",
                "(?:ab|a)++ (?>(?>(?:ab|a))+)",
                "^a \\Aa",
                "(?m)^a|(?md:$) (?:(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n))(?!\\z))a|$",
                "a$ a(?:(?=(?:\\r\\n|[\\n\\r\\x{85}\\x{2028}\\x{2029}])?\\z)(?!(?<=\\r)\\n))",
                ". [^\\n\\r\\x{85}\\x{2028}\\x{2029}]",
                "(?s). (?m:.)",
                "\\h [\\x{9}\\x{20}\\x{A0}\\x{1680}\\x{180E}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}]",
                "a(?i)b|k a[\\x{42}\\x{62}]|[\\x{4B}\\x{6B}\\x{212A}]",
                "\\Qa+\\E a\\+",
                "(?<x>a)\\k<x>.* (a)(?:\\1)[^\\n\\r\\x{85}\\x{2028}\\x{2029}]*",
            })
    void differencesAreTranslated(String java, String oniguruma) {
        assertThat(dialects.toOniguruma(java)).isEqualTo(oniguruma);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "\\p{L}{2}+ (?:\\p{L}{2})+",
                "a{,3}|b{2}? a{0,3}|(?:b{2})?",
                "^a$ (?md:^)a(?md:$)",
                "[\\h_]. [0-9a-fA-F_](?d:.)",
                "(?m:.)+ (?s:.)+",
                "a(?i)b|c a(?:(?i:b)|(?i:c))",
                "\\p{^L}\\p{Han} \\P{L}\\p{IsHAN}",
                "a**|\\v (?:a*)*|\\x{B}",
            })
    void oniguramasOwnSyntaxIsRead(String oniguruma, String java) {
        assertThat(PatternDialects.toJava(oniguruma)).isEqualTo(java);
    }

    @Test
    void whatIsWrittenIsReadBackAsThePatternItWas() {
        RandomPatterns random = new RandomPatterns(4, false);
        int translated = 0;
        for (int i = 0; i < 4_000; i++) {
            String java = random.pattern();
            String written = dialects.toOniguruma(java);
            String read = PatternDialects.toJava(written);
            translated += written.equals(java) ? 0 : 1;
            if (read.equals(java)) {
                continue;
            }
            PatternSearch before = search(java);
            PatternSearch after = search(read);
            for (int j = 0; j < 10; j++) {
                String text = random.text(6);
                assertThat(spans(after, text))
                        .as("%s, written %s, on %s", java, written, text)
                        .isEqualTo(spans(before, text));
            }
        }
        assertThat(translated).isGreaterThan(1_200);
    }

    private static PatternSearch search(String regex) {
        return PatternSearch.of(UnicodeRegex.translate(regex), Pattern.UNICODE_CASE, regex);
    }

    private static List<Integer> spans(PatternSearch search, String text) {
        List<Integer> spans = new ArrayList<>();
        search.begin(text);
        while (search.find()) {
            spans.add(search.start());
            spans.add(search.end());
        }
        return spans;
    }

    @Test
    void whatCannotBeExpressedIsRefusedByName() {
        assertThatThrownBy(() -> dialects.toOniguruma("a\\b{g}"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("tokenizer.json", "\\b{g}", "saved");
        assertThatThrownBy(() -> OnigurumaParser.parse("a\\Kb", 0)).hasMessageContaining("\\K");
    }
}
