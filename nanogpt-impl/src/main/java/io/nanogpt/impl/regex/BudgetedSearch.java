package io.nanogpt.impl.regex;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds matches with {@code java.util.regex}, which goes back to try others, and so may take very long. */
final class BudgetedSearch extends PatternSearch {
    private final Pattern pattern;
    private final String name;
    private final SearchBudget budget;
    private Matcher matcher;

    BudgetedSearch(Pattern pattern, String name) {
        this.pattern = pattern;
        this.name = name;
        budget = new SearchBudget(name);
        matcher = pattern.matcher("");
    }

    @Override
    public PatternSearch another() {
        return new BudgetedSearch(pattern, name);
    }

    @Override
    public void begin(String text) {
        budget.begin(text.length());
        matcher.reset(new BudgetedText(text, budget));
    }

    @Override
    public boolean find() {
        try {
            boolean found = matcher.find();
            while (found && matcher.end() == matcher.start()) {
                found = matcher.find();
            }
            return found;
        } catch (StackOverflowError e) {
            // The depth depends on the text. What the matcher was doing is lost.
            matcher = pattern.matcher("");
            throw budget.tooDeep(e);
        }
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
