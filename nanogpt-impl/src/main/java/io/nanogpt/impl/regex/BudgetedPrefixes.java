package io.nanogpt.impl.regex;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides whether texts are prefixes of a match, as {@link PatternPrefixes} does, for any pattern of
 * {@code java.util.regex}: each text is matched anew, within a budget. Not thread-safe.
 */
public final class BudgetedPrefixes {
    private final Pattern pattern;
    private final SearchBudget budget;

    /** Decides for a pattern. */
    public BudgetedPrefixes(Pattern pattern) {
        this.pattern = pattern;
        budget = new SearchBudget(pattern.pattern());
    }

    /**
     * Starts on several texts that share a budget.
     *
     * @param length of each
     * @param texts how many there may be
     */
    public void begin(int length, int texts) {
        budget.begin(length, texts);
    }

    /**
     * Whether more text can make it a match, or it is one.
     *
     * @throws io.nanogpt.NanogptException if the budget is spent
     * @throws io.nanogpt.NanogptInterruptedException if the thread is interrupted
     */
    public boolean isPrefix(CharSequence text) {
        Matcher matcher = pattern.matcher(new BudgetedText(text, budget));
        // At the end of the text without a match: more text may make it one.
        return matches(matcher) || matcher.hitEnd();
    }

    /** Whether the whole text matches. */
    public boolean isMatch(CharSequence text) {
        return matches(pattern.matcher(new BudgetedText(text, budget)));
    }

    private boolean matches(Matcher matcher) {
        try {
            return matcher.matches();
        } catch (StackOverflowError e) {
            throw budget.tooDeep(e);
        }
    }
}
