package io.nanogpt.impl.regex;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.regex.PatternPrefixes.Prefix;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PatternPrefixesTest {
    private static final String[] MORE = {"a", "b", "c", " ", "\n", "1", "é", "\uD83D\uDE00", ".", "k", "]", "A"};

    /** Where the JDK hopes for a match after the end, and the automaton does not, there is none. */
    @Test
    void prefixesAreThoseOfTheJdk() {
        RandomPatterns random = new RandomPatterns(2, true);
        int tried = 0;
        int hopeless = 0;
        for (int i = 0; i < 20_000; i++) {
            Pattern pattern = Pattern.compile(random.pattern());
            Optional<PatternPrefixes> automaton = PatternPrefixes.of(pattern);
            // Of repetitions of what may be empty, the JDK misses some matches.
            boolean comparable = PatternSearch.linear(pattern.pattern(), 0).isPresent();
            for (int j = 0; comparable && automaton.isPresent() && j < 10; j++) {
                String text = random.text(6);
                Matcher matcher = pattern.matcher(text);
                boolean matches = matcher.matches();
                Prefix prefix = automaton.get().add(automaton.get().empty(), text);
                assertThat(automaton.get().isMatch(prefix))
                        .as("%s on %s", pattern, text)
                        .isEqualTo(matches);
                boolean expected = matches || matcher.hitEnd();
                if (expected && !prefix.isPossible()) {
                    hopeless++;
                    assertThat(canMatch(pattern, text, 2))
                            .as("%s on %s", pattern, text)
                            .isFalse();
                } else {
                    assertThat(prefix.isPossible())
                            .as("%s on %s", pattern, text)
                            .isEqualTo(expected);
                }
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(80_000);
        assertThat(hopeless).isLessThan(tried / 50);
    }

    private static boolean canMatch(Pattern pattern, String text, int more) {
        if (pattern.matcher(text).matches()) {
            return true;
        }
        for (int i = 0; more > 0 && i < MORE.length; i++) {
            if (canMatch(pattern, text + MORE[i], more - 1)) {
                return true;
            }
        }
        return false;
    }

    @Test
    @Timeout(60)
    void aLongTextCostsWhatItsCharactersCost() {
        for (String regex : new String[] {".*", "(a+)+b?", "(a|a)*", "(?:a*)*b?", "(a?){50}a*"}) {
            PatternPrefixes prefixes =
                    PatternPrefixes.of(Pattern.compile(regex)).orElseThrow();
            Prefix prefix = prefixes.empty();
            for (int i = 0; i < 1_000_000; i++) {
                prefix = prefixes.add(prefix, 'a');
            }
            assertThat(prefixes.isMatch(prefix)).as(regex).isTrue();
        }
    }

    @Test
    void whatNoAutomatonExpressesIsLeftToTheJdk() {
        assertThat(PatternPrefixes.of(Pattern.compile("(a|b)\\1"))).isEmpty();
        assertThat(PatternPrefixes.of(Pattern.compile("a", Pattern.CANON_EQ))).isEmpty();
        assertThat(PatternPrefixes.of(Pattern.compile("^a.c$", Pattern.CASE_INSENSITIVE)))
                .isPresent();
    }
}
