package io.nanogpt.impl.regex;

/** A text whose reads are limited by a budget. */
final class BudgetedText implements CharSequence {
    private final CharSequence text;
    private final SearchBudget budget;

    BudgetedText(CharSequence text, SearchBudget budget) {
        this.text = text;
        this.budget = budget;
    }

    @Override
    public char charAt(int index) {
        budget.spend(1);
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int from, int to) {
        return text.subSequence(from, to);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
