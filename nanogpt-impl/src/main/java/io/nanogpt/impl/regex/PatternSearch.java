package io.nanogpt.impl.regex;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the matches of a pattern in a text, the same as {@link java.util.regex.Matcher#find()} but, unless they are asked
 * for, those without characters. In linear time for what an automaton can express. Not thread-safe.
 */
public abstract class PatternSearch {
    /**
     * Creates a search.
     *
     * @param regex in the syntax of {@link Pattern}
     * @param flags of {@link Pattern}
     * @param name of the pattern, for messages
     */
    public static PatternSearch of(String regex, int flags, String name) {
        return linear(regex, flags)
                .<PatternSearch>map(program -> new LinearSearch(program, name))
                .orElseGet(() -> new BudgetedSearch(Pattern.compile(regex, flags), name, false));
    }

    /**
     * Creates a search that finds empty matches too.
     *
     * @param regex in the syntax of {@link Pattern}
     * @param flags of {@link Pattern}
     * @param name of the pattern, for messages
     */
    public static PatternSearch withEmptyMatches(String regex, int flags, String name) {
        return canBeEmpty(regex, flags)
                ? new BudgetedSearch(Pattern.compile(regex, flags), name, true)
                : of(regex, flags, name);
    }

    /** Whether a pattern may match no character. */
    public static boolean canBeEmpty(String regex, int flags) {
        try {
            return ProgramCompiler.canBeEmpty(JavaParser.parse(regex, flags));
        } catch (UnsupportedPatternException e) {
            return true;
        }
    }

    /** The program of a pattern, if an automaton can express it. */
    static Optional<Program> linear(String regex, int flags) {
        try {
            return Optional.of(ProgramCompiler.compile(JavaParser.parse(regex, flags), false));
        } catch (UnsupportedPatternException e) {
            return Optional.empty();
        }
    }

    /** Creates another search with the same pattern, for another thread. */
    public abstract PatternSearch another();

    /** Starts on a text. */
    public abstract void begin(String text);

    /**
     * Finds the next match; returns false if there is none.
     *
     * @throws io.nanogpt.NanogptException if it takes more steps than a multiple of the text's length
     * @throws io.nanogpt.NanogptInterruptedException if the thread is interrupted
     */
    public abstract boolean find();

    /** The start of the match. */
    public abstract int start();

    /** The end of the match. */
    public abstract int end();

    /** Whether more text after the end could change the match, or that there is none. */
    public abstract boolean hitEnd();
}
