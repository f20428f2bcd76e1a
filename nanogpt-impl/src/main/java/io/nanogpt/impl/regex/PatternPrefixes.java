package io.nanogpt.impl.regex;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides, character by character, whether a text is a prefix of a match of a pattern. Not thread-safe.
 */
public final class PatternPrefixes {
    private final Automaton automaton;
    private final Prefix empty;

    private PatternPrefixes(Program program) {
        automaton = new Automaton(program, false);
        empty = new Prefix(automaton.start(true));
    }

    /** A text, as far as a pattern tells it from others: equal prefixes can be continued by the same texts. */
    public static final class Prefix {
        private final Automaton.State state;

        private Prefix(Automaton.State state) {
            this.state = state;
        }

        /** Whether more text can make it a match, or it is one. */
        public boolean isPossible() {
            return !state.isDead();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Prefix prefix && state.equals(prefix.state);
        }

        @Override
        public int hashCode() {
            return state.hashCode();
        }
    }

    /** The automaton of a pattern; empty if it has what none can express, such as back references. */
    public static Optional<PatternPrefixes> of(Pattern pattern) {
        try {
            return Optional.of(new PatternPrefixes(ProgramCompiler.compile(JavaParser.parse(pattern), true)));
        } catch (UnsupportedPatternException e) {
            return Optional.empty();
        }
    }

    /** The empty text. */
    public Prefix empty() {
        return empty;
    }

    /** The prefix with one more code point. */
    public Prefix add(Prefix prefix, int codePoint) {
        return new Prefix(automaton.next(prefix.state, codePoint));
    }

    /** The prefix with more text. */
    public Prefix add(Prefix prefix, CharSequence text) {
        Automaton.State state = prefix.state;
        for (int at = 0; at < text.length() && !state.isDead(); ) {
            int codePoint = Character.codePointAt(text, at);
            state = automaton.next(state, codePoint);
            at += Character.charCount(codePoint);
        }
        return new Prefix(state);
    }

    /** Whether the whole text matches. */
    public boolean isMatch(Prefix prefix) {
        return automaton.matchesAtEnd(prefix.state);
    }
}
