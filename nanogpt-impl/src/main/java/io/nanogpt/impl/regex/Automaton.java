package io.nanogpt.impl.regex;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A deterministic automaton whose states are made when they are first reached. Each transition costs a time that depends
 * on the program, not on the text, even where states are never met again. Not thread-safe.
 */
final class Automaton {
    /** The symbol of the end of the text. */
    static final int END = -1;

    /** States to keep; then all are forgotten. */
    private static final int MOST_STATES = 2_000;

    private final Program program;
    private final boolean ordered;
    final Symbols symbols;
    private Map<State, State> states = new HashMap<>();

    /** The instructions after the beginning that a match can follow. */
    private final BitSet hopeful;

    private final int[] seen;
    private int round;
    private final int[] stack;
    private final int[] following;
    private int followingCount;
    /** Instructions that new states have taken since {@link #takeWork}. */
    private long work;

    /** Where a text may continue: instructions, in the order of their priority. */
    static final class State {
        private final int[] instructions;
        private final boolean begin;
        private final int hash;
        /** Whether a match ends before the character that led here. */
        final boolean matchedBefore;

        private @Nullable State[] next = new @Nullable State[0];
        private @Nullable Boolean matchesAtEnd;

        State(int[] instructions, boolean begin, boolean matchedBefore) {
            this.instructions = instructions;
            this.begin = begin;
            this.matchedBefore = matchedBefore;
            hash = 31 * Arrays.hashCode(instructions) + (begin ? 1 : 0) + (matchedBefore ? 2 : 0);
        }

        /** Whether no text that continues this one matches. */
        boolean isDead() {
            return instructions.length == 0;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof State state
                    && begin == state.begin
                    && matchedBefore == state.matchedBefore
                    && Arrays.equals(instructions, state.instructions);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /**
     * Creates an automaton.
     *
     * @param ordered whether the match that {@code java.util.regex} prefers is wanted, rather than any
     */
    Automaton(Program program, boolean ordered) {
        this.program = program;
        this.ordered = ordered;
        symbols = new Symbols(program.sets);
        hopeful = program.hopeful();
        seen = new int[program.size];
        stack = new int[2 * program.size + 2];
        following = new int[program.size];
    }

    /** The state before a text or, if not {@code begin}, before a part of it that has text before. */
    State start(boolean begin) {
        return intern(new State(new int[] {0}, begin, false));
    }

    /** The state after one more code point. */
    State next(State state, int codePoint) {
        int symbol = symbols.of(codePoint);
        State next = symbol < state.next.length ? state.next[symbol] : null;
        return next == null ? compute(state, symbol) : next;
    }

    /** Whether a match ends where the text ends. */
    boolean matchesAtEnd(State state) {
        Boolean known = state.matchesAtEnd;
        if (known == null) {
            known = follow(state, END);
            state.matchesAtEnd = known;
        }
        return known;
    }

    /** Returns the instructions that new states have taken since the last call. */
    long takeWork() {
        long taken = work;
        work = 0;
        return taken;
    }

    private State compute(State state, int symbol) {
        boolean matched = follow(state, symbol);
        int[] instructions =
                Arrays.stream(following, 0, followingCount).filter(hopeful::get).toArray();
        if (!ordered) {
            Arrays.sort(instructions);
        }
        State next = intern(new State(instructions, false, matched && ordered));
        if (symbol >= state.next.length) {
            state.next = Arrays.copyOf(state.next, symbol + 4);
        }
        state.next[symbol] = next;
        return next;
    }

    private State intern(State state) {
        if (states.size() >= MOST_STATES) {
            states = new HashMap<>();
        }
        State known = states.putIfAbsent(state, state);
        return known == null ? state : known;
    }

    /** Finds the instructions after a symbol; returns whether a match ends before it. */
    private boolean follow(State state, int symbol) {
        followingCount = 0;
        round++;
        boolean matched = false;
        for (int start : state.instructions) {
            matched |= follow(start, symbol, state.begin);
            if (matched && ordered) {
                return true;
            }
        }
        return matched;
    }

    private boolean follow(int start, int symbol, boolean begin) {
        boolean matched = false;
        int depth = 0;
        stack[depth++] = start;
        while (depth > 0) {
            int at = stack[--depth];
            if (seen[at] == round) {
                continue;
            }
            seen[at] = round;
            work++;
            switch (program.operations[at]) {
                case Program.TAKE -> {
                    if (symbol != END && symbols.contains(program.x[at], symbol)) {
                        following[followingCount++] = at + 1;
                    }
                }
                case Program.SPLIT -> {
                    stack[depth++] = program.y[at];
                    stack[depth++] = program.x[at];
                }
                case Program.JUMP -> stack[depth++] = program.x[at];
                case Program.MATCH -> {
                    matched = true;
                    if (ordered) {
                        return true;
                    }
                }
                default -> {
                    if (holds(at, symbol, begin)) {
                        stack[depth++] = at + 1;
                    }
                }
            }
        }
        return matched;
    }

    private boolean holds(int at, int symbol, boolean begin) {
        return switch (program.operations[at]) {
            case Program.BEGIN -> begin;
            case Program.END -> symbol == END;
            case Program.NEXT -> symbol != END && symbols.contains(program.x[at], symbol);
            default -> symbol == END || !symbols.contains(program.x[at], symbol);
        };
    }
}
