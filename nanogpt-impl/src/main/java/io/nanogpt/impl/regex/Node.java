package io.nanogpt.impl.regex;

import java.util.List;

/** The syntax tree of a regular expression, the same for every dialect. */
public sealed interface Node {
    /** The most repetitions of a {@link Repeat} without a limit. */
    int UNBOUNDED = -1;

    /** The preference of a repetition. */
    enum Greed {
        GREEDY,
        RELUCTANT,
        POSSESSIVE
    }

    /**
     * One character of a class.
     *
     * @param java the class in the syntax of {@code java.util.regex}, such as {@code a}, {@code \s} or {@code [a-z]}
     * @param flags of {@code java.util.regex.Pattern}, only those that change the class
     */
    record Characters(String java, int flags) implements Node {}

    /**
     * A place between characters.
     *
     * @param java in the syntax of {@code java.util.regex}: {@code \A}, {@code \z}, {@code \Z}, {@code \b}, {@code \B},
     *     {@code \G}, or a {@code ^} or {@code $} that looks at lines
     * @param flags as of {@link Characters}
     */
    record Anchor(String java, int flags) implements Node {}

    /** One part after the other; the empty text if there is none. */
    record Sequence(List<Node> parts) implements Node {}

    /** One of several, the first that fits preferred. */
    record Choice(List<Node> options) implements Node {}

    /** A repetition, {@code least} to {@code most} times. */
    record Repeat(Node body, int least, int most, Greed greed) implements Node {}

    /** A capturing group. */
    record Capture(int number, Node body) implements Node {}

    /** A group that is never matched in a second way. */
    record Atomic(Node body) implements Node {}

    /** A text that must, or must not, follow or precede. */
    record Look(boolean ahead, boolean negated, Node body) implements Node {}

    /** The text of a group once more. */
    record BackReference(int group, int flags) implements Node {}

    /** What no class expresses: a line break, {@code \R}, or a character as people see it, {@code \X}. */
    record Special(String java) implements Node {}
}
