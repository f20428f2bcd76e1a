package io.nanogpt.impl.regex;

import io.nanogpt.impl.regex.Node.Greed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Compiles a syntax tree. Possessive repetitions of a class need no backtracking: {@code X++} is {@code X+(?!X)}, so a
 * next character is all that is looked at.
 */
final class ProgramCompiler {
    private static final int MOST_INSTRUCTIONS = 20_000;

    private final boolean whole;
    private final Map<Node.Characters, Integer> sets = new LinkedHashMap<>();
    private int[] operations = new int[64];
    private int[] x = new int[64];
    private int[] y = new int[64];
    private int size;

    private ProgramCompiler(boolean whole) {
        this.whole = whole;
    }

    /**
     * Compiles a syntax tree.
     *
     * @param whole whether a match ends at the end of the text
     * @throws UnsupportedPatternException if it has what an automaton cannot express
     */
    static Program compile(Node node, boolean whole) {
        ProgramCompiler compiler = new ProgramCompiler(whole);
        compiler.emit(node, true);
        compiler.add(Program.MATCH, 0, 0);
        List<Pattern> patterns = new ArrayList<>();
        compiler.sets.keySet().forEach(set -> patterns.add(Pattern.compile(set.java(), set.flags())));
        return new Program(compiler.operations, compiler.x, compiler.y, compiler.size, patterns);
    }

    private int add(int operation, int first, int second) {
        if (size >= MOST_INSTRUCTIONS) {
            throw new UnsupportedPatternException("repetitions of more than " + MOST_INSTRUCTIONS + " parts");
        }
        if (size == operations.length) {
            operations = Arrays.copyOf(operations, 2 * size);
            x = Arrays.copyOf(x, 2 * size);
            y = Arrays.copyOf(y, 2 * size);
        }
        operations[size] = operation;
        x[size] = first;
        y[size] = second;
        return size++;
    }

    private int set(Node.Characters characters) {
        return sets.computeIfAbsent(characters, missing -> sets.size());
    }

    /** Appends the instructions of a node; {@code last} if nothing follows it. */
    private void emit(Node node, boolean last) {
        if (node instanceof Node.Characters characters) {
            add(Program.TAKE, set(characters), 0);
        } else if (node instanceof Node.Sequence sequence) {
            List<Node> parts = sequence.parts();
            for (int i = 0; i < parts.size(); i++) {
                emit(parts.get(i), last && i == parts.size() - 1);
            }
        } else if (node instanceof Node.Choice choice) {
            emitChoice(choice.options(), last);
        } else if (node instanceof Node.Capture capture) {
            emit(capture.body(), last);
        } else if (node instanceof Node.Repeat repeat) {
            emitRepeat(repeat);
        } else if (node instanceof Node.Atomic atomic) {
            emitAtomic(atomic.body());
        } else if (node instanceof Node.Look look) {
            if (!look.ahead()) {
                throw new UnsupportedPatternException("a look behind");
            }
            add(look.negated() ? Program.NOT_NEXT : Program.NEXT, set(single(look.body())), 0);
        } else if (node instanceof Node.Anchor anchor) {
            emitAnchor(anchor, last);
        } else {
            throw new UnsupportedPatternException("a back reference, a line break or a grapheme cluster");
        }
    }

    private void emitAnchor(Node.Anchor anchor, boolean last) {
        if (anchor.java().equals("\\A")) {
            add(Program.BEGIN, 0, 0);
        } else if (anchor.java().equals("\\z")
                || (whole && last && anchor.java().equals("\\Z"))) {
            add(Program.END, 0, 0);
        } else {
            throw new UnsupportedPatternException("the anchor " + anchor.java());
        }
    }

    private void emitChoice(List<Node> options, boolean last) {
        List<Integer> jumps = new ArrayList<>();
        for (int i = 0; i < options.size() - 1; i++) {
            int split = add(Program.SPLIT, size + 1, 0);
            emit(options.get(i), last);
            jumps.add(add(Program.JUMP, 0, 0));
            y[split] = size;
        }
        emit(options.get(options.size() - 1), last);
        jumps.forEach(jump -> x[jump] = size);
    }

    private void emitAtomic(Node body) {
        if (body instanceof Node.Repeat repeat && repeat.greed() != Greed.RELUCTANT && isSingle(repeat.body())) {
            emitRepeat(new Node.Repeat(repeat.body(), repeat.least(), repeat.most(), Greed.POSSESSIVE));
        } else {
            emit(single(body), false);
        }
    }

    private void emitRepeat(Node.Repeat repeat) {
        boolean possessive = repeat.greed() == Greed.POSSESSIVE;
        if (possessive) {
            single(repeat.body()); // Of a longer body, other ways to match would have to be forgotten.
        }
        if (!whole && repeat.most() != 1 && canBeEmpty(repeat.body())) {
            throw new UnsupportedPatternException(
                    "a repetition of what may be empty, whose preference is the JDK's own");
        }
        List<Integer> leaving = new ArrayList<>();
        boolean unbounded = repeat.most() == Node.UNBOUNDED;
        int most = unbounded ? Math.max(1, repeat.least()) : repeat.most();
        int last = size;
        for (int i = 0; i < most; i++) {
            if (i >= repeat.least()) {
                leaving.add(split(repeat.greed()));
            }
            last = size;
            emit(repeat.body(), false);
        }
        if (unbounded) {
            // After the body, not before it: then a round without characters ends the repetition, as in the JDK.
            leaving.add(repeatFrom(last, repeat.greed()));
        }
        leave(leaving, repeat.greed());
        if (possessive && unbounded) {
            add(Program.NOT_NEXT, set(single(repeat.body())), 0);
        } else if (possessive && !leaving.isEmpty()) {
            endPossessive(leaving, single(repeat.body()));
        }
    }

    /** Where fewer than the most repetitions end, no other may follow. */
    private void endPossessive(List<Integer> leaving, Node.Characters body) {
        int full = add(Program.JUMP, 0, 0);
        leave(leaving, Greed.POSSESSIVE);
        add(Program.NOT_NEXT, set(body), 0);
        x[full] = size;
    }

    /** A split that goes back, or lets the repetition end. */
    private int repeatFrom(int start, Greed greed) {
        return greed == Greed.RELUCTANT ? add(Program.SPLIT, 0, start) : add(Program.SPLIT, start, 0);
    }

    private int split(Greed greed) {
        int split = add(Program.SPLIT, 0, 0);
        if (greed == Greed.RELUCTANT) {
            y[split] = size;
        } else {
            x[split] = size;
        }
        return split;
    }

    /** Lets repetitions end here. */
    private void leave(List<Integer> splits, Greed greed) {
        for (int split : splits) {
            if (greed == Greed.RELUCTANT) {
                x[split] = size;
            } else {
                y[split] = size;
            }
        }
    }

    /** Whether a node may match no character. */
    static boolean canBeEmpty(Node node) {
        if (node instanceof Node.Sequence sequence) {
            return sequence.parts().stream().allMatch(ProgramCompiler::canBeEmpty);
        }
        if (node instanceof Node.Choice choice) {
            return choice.options().stream().anyMatch(ProgramCompiler::canBeEmpty);
        }
        if (node instanceof Node.Capture capture) {
            return canBeEmpty(capture.body());
        }
        if (node instanceof Node.Atomic atomic) {
            return canBeEmpty(atomic.body());
        }
        if (node instanceof Node.Repeat repeat) {
            return repeat.least() == 0 || canBeEmpty(repeat.body());
        }
        return !(node instanceof Node.Characters);
    }

    private static boolean isSingle(Node node) {
        return node instanceof Node.Characters || (node instanceof Node.Capture capture && isSingle(capture.body()));
    }

    /** The class of a node that is one character. */
    private static Node.Characters single(Node node) {
        if (node instanceof Node.Characters characters) {
            return characters;
        }
        if (node instanceof Node.Capture capture) {
            return single(capture.body());
        }
        throw new UnsupportedPatternException("a look ahead, or an atomic or possessive group, of more than one class");
    }
}
