package io.nanogpt.impl.tokenizer.pretokenize;

import io.nanogpt.impl.regex.Node;
import io.nanogpt.impl.regex.Node.Greed;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a syntax tree as a regular expression. Groups have numbers instead of names. */
abstract class PatternWriter {
    /** A class. */
    abstract String characters(Node.Characters characters);

    /** A place between characters. */
    abstract String anchor(Node.Anchor anchor);

    /** A repetition of what is written already. */
    abstract String repeat(String body, Node.Repeat repeat);

    /** The spelling of a tree as a whole; empty if it has none. */
    String whole(Node node) {
        return "";
    }

    final String write(Node node) {
        return node instanceof Node.Choice choice && whole(node).isEmpty() ? options(choice) : part(node);
    }

    private String options(Node.Choice choice) {
        return choice.options().stream().map(this::part).collect(Collectors.joining("|"));
    }

    /** A node that can stand in a sequence. */
    private String part(Node node) {
        String whole = whole(node);
        if (!whole.isEmpty()) {
            return whole;
        }
        if (node instanceof Node.Characters characters) {
            return characters(characters);
        }
        if (node instanceof Node.Anchor anchor) {
            return anchor(anchor);
        }
        if (node instanceof Node.Sequence sequence) {
            return sequence(sequence.parts());
        }
        if (node instanceof Node.Choice choice) {
            return "(?:" + options(choice) + ")";
        }
        if (node instanceof Node.Repeat repeat) {
            Node repeated = repeat.body();
            boolean single = repeated instanceof Node.Characters
                    || repeated instanceof Node.Capture
                    || repeated instanceof Node.Choice;
            String body = part(repeated);
            return repeat(single ? body : "(?:" + body + ")", repeat);
        }
        if (node instanceof Node.Special special) {
            return special.java();
        }
        return group(node);
    }

    private String sequence(List<Node> parts) {
        return parts.stream().map(this::part).collect(Collectors.joining());
    }

    private String group(Node node) {
        if (node instanceof Node.Capture capture) {
            return "(" + write(capture.body()) + ")";
        }
        if (node instanceof Node.Atomic atomic) {
            return "(?>" + write(atomic.body()) + ")";
        }
        if (node instanceof Node.Look look) {
            return (look.ahead() ? "(?" : "(?<") + (look.negated() ? "!" : "=") + write(look.body()) + ")";
        }
        if (node instanceof Node.BackReference reference) {
            return (reference.flags() == 0 ? "(?:\\" : "(?i:\\") + reference.group() + ")";
        }
        throw new IllegalArgumentException("unknown syntax: " + node);
    }

    /** The limits of a repetition. */
    static String limits(Node.Repeat repeat) {
        int least = repeat.least();
        int most = repeat.most();
        if (most == Node.UNBOUNDED) {
            return least == 0 ? "*" : least == 1 ? "+" : "{" + least + ",}";
        }
        return least == most ? "{" + least + "}" : least == 0 && most == 1 ? "?" : "{" + least + "," + most + "}";
    }

    static String suffix(Greed greed) {
        return switch (greed) {
            case GREEDY -> "";
            case RELUCTANT -> "?";
            case POSSESSIVE -> "+";
        };
    }
}
