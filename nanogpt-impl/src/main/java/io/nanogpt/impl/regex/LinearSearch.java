package io.nanogpt.impl.regex;

/**
 * Finds matches with an automaton that tries each start in turn. Starts that look far ahead in vain are left to
 * {@link SimultaneousStarts}, which tries all at once.
 */
final class LinearSearch extends PatternSearch {
    private static final int NONE = -1;
    /** Characters that may be read in vain, per character of the text. */
    private static final int VAIN_READS = 8;

    private static final int LEAST_VAIN_READS = 10_000;

    private final Program program;
    private final Automaton automaton;
    private final String name;
    private final SearchBudget budget;
    private final SimultaneousStarts all;

    private String text = "";
    private long vainReads;
    private int start;
    private int end;
    private boolean hitEnd;

    LinearSearch(Program program, String name) {
        this.program = program;
        this.name = name;
        budget = new SearchBudget(name);
        automaton = new Automaton(program, true);
        all = new SimultaneousStarts(program, automaton.symbols);
    }

    @Override
    public PatternSearch another() {
        return new LinearSearch(program, name);
    }

    @Override
    public void begin(String newText) {
        text = newText;
        vainReads = 0;
        start = 0;
        end = 0;
        budget.begin(newText.length());
    }

    @Override
    public boolean find() {
        hitEnd = false;
        int at = end;
        while (at < text.length()) {
            if (vainReads > VAIN_READS * (long) text.length() + LEAST_VAIN_READS) {
                return findSimultaneously(at);
            }
            int matchEnd = matchFrom(at);
            if (matchEnd > at) {
                start = at;
                end = matchEnd;
                return true;
            }
            at += Character.charCount(text.codePointAt(at));
        }
        hitEnd = true;
        end = text.length();
        return false;
    }

    private boolean findSimultaneously(int from) {
        boolean found = all.find(text, from, budget);
        start = found ? all.start() : text.length();
        end = found ? all.end() : text.length();
        hitEnd = all.hitEnd();
        return found;
    }

    /** The end of the match at a place, or {@link #NONE}. */
    private int matchFrom(int from) {
        Automaton.State state = automaton.start(from == 0);
        int matchEnd = NONE;
        int at = from;
        while (at < text.length()) {
            int codePoint = text.charAt(at);
            int length = 1;
            if (Character.isHighSurrogate((char) codePoint)) {
                codePoint = text.codePointAt(at);
                length = Character.charCount(codePoint);
            }
            state = automaton.next(state, codePoint);
            if (state.matchedBefore) {
                matchEnd = at;
            }
            if (state.isDead()) {
                count(from, at, matchEnd);
                return matchEnd;
            }
            at += length;
        }
        hitEnd = true;
        count(from, at, matchEnd);
        return automaton.matchesAtEnd(state) ? at : matchEnd;
    }

    private void count(int from, int at, int matchEnd) {
        budget.spend(at - from + 1L + automaton.takeWork());
        vainReads += matchEnd == NONE ? at - from : 0;
    }

    @Override
    public int start() {
        return start;
    }

    @Override
    public int end() {
        return end;
    }

    @Override
    public boolean hitEnd() {
        return hitEnd;
    }
}
