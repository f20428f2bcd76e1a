package io.nanogpt.impl.generate;

import io.nanogpt.impl.regex.PatternPrefixes;
import java.util.regex.Pattern;

/**
 * Allows only ids after which the text is still a prefix of a match. An id that ends within a character is not allowed,
 * since that character is not known yet, nor is one without text: it makes no progress towards a match.
 */
abstract class PatternConstraint implements Rules.Rule {
    /** Creates a constraint: an automaton where one can express the pattern. */
    static PatternConstraint of(Pattern pattern, TokenTexts texts) {
        return PatternPrefixes.of(pattern)
                .<PatternConstraint>map(prefixes -> new AutomatonConstraint(prefixes, texts))
                .orElseGet(() -> new RematchingConstraint(pattern, texts.vocabularySize()));
    }

    /** Whether the text is a match. */
    abstract boolean isMatch(Continuation continuation);
}
