package io.nanogpt.impl.regex;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds matches with {@code java.util.regex}, which goes back to try others, and so may take very long. */
final class BudgetedSearch extends PatternSearch {
    private final Pattern pattern;
    private final String name;
    private final SearchBudget budget;
    private final boolean emptyMatches;
    private Matcher matcher;
    private String text = "";
    /** Whether {@link #matcher} has a match. */
    private boolean matched;

    BudgetedSearch(Pattern pattern, String name, boolean emptyMatches) {
        this.emptyMatches = emptyMatches;
        this.pattern = pattern;
        this.name = name;
        budget = new SearchBudget(name);
        matcher = pattern.matcher("");
    }

    @Override
    public PatternSearch another() {
        return new BudgetedSearch(pattern, name, emptyMatches);
    }

    @Override
    public void begin(String newText) {
        text = newText;
        matched = false;
        budget.begin(newText.length());
        matcher.reset(new BudgetedText(newText, budget));
    }

    @Override
    public boolean find() {
        try {
            boolean found = findNext();
            while (found && !emptyMatches && matcher.end() == matcher.start()) {
                found = findNext();
            }
            return found;
        } catch (StackOverflowError e) {
            // The depth depends on the text. What the matcher was doing is lost.
            matcher = pattern.matcher("");
            matched = false;
            throw budget.tooDeep(e);
        }
    }

    /** Goes on after the last match; from the next character where that was empty, not from within a surrogate pair. */
    private boolean findNext() {
        if (!matched || matcher.end() > matcher.start()) {
            matched = matcher.find();
            return matched;
        }
        int at = matcher.end();
        matched = at < text.length() && matcher.find(at + Character.charCount(text.codePointAt(at)));
        return matched;
    }

    @Override
    public int start() {
        return matcher.start();
    }

    @Override
    public int end() {
        return matcher.end();
    }

    @Override
    public boolean hitEnd() {
        return matcher.hitEnd();
    }
}
