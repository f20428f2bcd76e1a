package io.nanogpt.impl.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("any-jdk")
class PatternSearchTest {
    private static final String CUTS_A_CHARACTER = "cuts a character";

    @Test
    void findsWhatTheJdkFinds() {
        RandomPatterns random = new RandomPatterns(1, true);
        int linear = 0;
        for (int i = 0; i < 12_000; i++) {
            String regex = random.pattern();
            PatternSearch search = PatternSearch.of(regex, Pattern.UNICODE_CASE, regex);
            if (!(search instanceof LinearSearch)) {
                continue;
            }
            linear++;
            Pattern pattern = Pattern.compile(regex, Pattern.UNICODE_CASE);
            for (int j = 0; j < 10; j++) {
                String text = random.text(12);
                List<String> expected = expected(pattern, text);
                if (expected.contains(CUTS_A_CHARACTER)) {
                    continue;
                }
                assertThat(matches(search, text)).as("%s on %s", regex, text).isEqualTo(expected);
                assertThat(allAtOnce(regex, text))
                        .as("%s on %s, all at once", regex, text)
                        .isEqualTo(expected);
            }
        }
        assertThat(linear).isGreaterThan(6_000);
    }

    static List<String> expected(Pattern pattern, String text) {
        List<String> expected = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            // After a match without characters, the JDK goes on within a surrogate pair.
            if (cutsPair(text, matcher.start()) || cutsPair(text, matcher.end())) {
                return List.of(CUTS_A_CHARACTER);
            }
            if (matcher.end() > matcher.start()) {
                expected.add(matcher.start() + "-" + matcher.end());
            }
        }
        return expected;
    }

    @Test
    @Timeout(60)
    void noTextOverflowsTheStackOrTakesForever() {
        String letters = "ab".repeat(50_000);
        assertThat(matches(search("(?:a|b)+"), letters)).containsExactly("0-100000");
        assertThat(matches(search("(a|a)*b"), "a".repeat(100_000))).isEmpty();
        assertThat(matches(search("(a+)+b"), "a".repeat(100_000) + "b")).containsExactly("0-100001");
        assertThat(matches(search("(a+)+b"), "a".repeat(100_000))).isEmpty();
        assertThat(matches(search("\\p{L}++|\\s+(?!\\S)|\\s"), "a   b")).containsExactly("0-1", "1-3", "3-4", "4-5");
    }

    @Test
    @Timeout(60)
    void whatIsNotLinearHasALimit() {
        assertThatThrownBy(() -> matches(search("(a+)+b\\1"), "a".repeat(100)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("the pattern (a+)+b\\1", "steps", "100 characters");
        assertThatThrownBy(() -> matches(search("(?:a|b)*+c"), "ab".repeat(200_000)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("the pattern (?:a|b)*+c");
        assertThatThrownBy(() -> matches(search("a*b|a"), "a".repeat(200_000)))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("the pattern a*b|a takes more than");
    }

    @Test
    @Timeout(60)
    void anInterruptEndsASearch() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> matches(search("(a+)+b\\1"), "a".repeat(100)))
                    .isInstanceOf(NanogptInterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static PatternSearch search(String regex) {
        return PatternSearch.of(regex, Pattern.UNICODE_CASE, regex);
    }

    private static boolean cutsPair(String text, int at) {
        return at > 0 && at < text.length() && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
    }

    private static List<String> matches(PatternSearch search, String text) {
        List<String> matches = new ArrayList<>();
        search.begin(text);
        while (search.find()) {
            matches.add(search.start() + "-" + search.end());
        }
        return matches;
    }

    private static List<String> allAtOnce(String regex, String text) {
        Program program = PatternSearch.linear(regex, Pattern.UNICODE_CASE).orElseThrow();
        SimultaneousStarts search = new SimultaneousStarts(program, new Symbols(program.sets));
        SearchBudget budget = new SearchBudget(regex);
        budget.begin(text.length());
        List<String> matches = new ArrayList<>();
        int from = 0;
        while (search.find(text, from, budget)) {
            matches.add(search.start() + "-" + search.end());
            from = search.end();
        }
        return matches;
    }
}
