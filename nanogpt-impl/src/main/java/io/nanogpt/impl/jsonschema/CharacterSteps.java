package io.nanogpt.impl.jsonschema;

import io.nanogpt.impl.regex.Node;
import io.nanogpt.impl.regex.UnsupportedPatternException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The characters of a string as steps of a nondeterministic automaton. */
final class CharacterSteps {
    private static final int MOST_STEPS = 100_000;

    /** The kind of a step. */
    enum Kind {
        /** Takes a character of a set; of any, if the set is null. */
        TAKE,
        /** Continues at {@code x} and at {@code y}. */
        SPLIT,
        /** Continues at {@code x}. */
        JUMP,
        /** Ends. */
        DONE
    }

    /** A step. */
    static final class Step {
        final Kind kind;
        final Node.@Nullable Characters set;
        int x;
        int y;

        private Step(Kind kind, Node.@Nullable Characters set) {
            this.kind = kind;
            this.set = set;
        }
    }

    private final List<Step> steps = new ArrayList<>();

    private CharacterSteps() {}

    /** Any string. */
    static List<Step> any() {
        CharacterSteps steps = new CharacterSteps();
        steps.addAny();
        steps.add(Kind.DONE, null);
        return steps.steps;
    }

    /** The strings that match as a whole. */
    static List<Step> whole(Node node) {
        CharacterSteps steps = new CharacterSteps();
        steps.emit(node);
        steps.add(Kind.DONE, null);
        return steps.steps;
    }

    /**
     * The strings in which a pattern is found.
     *
     * @throws UnsupportedPatternException for what the automaton cannot express
     */
    static List<Step> containing(Node node) {
        CharacterSteps steps = new CharacterSteps();
        List<Node> options = node instanceof Node.Choice choice ? choice.options() : List.of(node);
        steps.choose(options.stream()
                .<Runnable>map(option -> () -> steps.emitSearch(option))
                .toList());
        steps.add(Kind.DONE, null);
        return steps.steps;
    }

    private Step add(Kind kind, Node.@Nullable Characters set) {
        if (steps.size() >= MOST_STEPS) {
            throw new UnsupportedPatternException("repetitions of more than " + MOST_STEPS + " characters");
        }
        Step step = new Step(kind, set);
        steps.add(step);
        return step;
    }

    private void addAny() {
        int begin = steps.size();
        Step split = add(Kind.SPLIT, null);
        split.x = begin + 1;
        add(Kind.TAKE, null);
        add(Kind.JUMP, null).x = begin;
        split.y = steps.size();
    }

    /** A part that is found anywhere, unless anchors hold it at the beginning or the end. */
    private void emitSearch(Node node) {
        List<Node> parts = node instanceof Node.Sequence sequence ? sequence.parts() : List.of(node);
        boolean begins = !parts.isEmpty() && isAnchor(parts.get(0), "\\A");
        boolean ends = !parts.isEmpty() && isAnchor(parts.get(parts.size() - 1), "\\z");
        if (!begins) {
            addAny();
        }
        parts.subList(begins ? 1 : 0, parts.size() - (ends ? 1 : 0)).forEach(this::emit);
        if (!ends) {
            addAny();
        }
    }

    private static boolean isAnchor(Node node, String anchor) {
        return node instanceof Node.Anchor found && found.java().equals(anchor);
    }

    private void choose(List<Runnable> options) {
        List<Step> ends = new ArrayList<>();
        for (int i = 0; i < options.size() - 1; i++) {
            Step split = add(Kind.SPLIT, null);
            split.x = steps.size();
            options.get(i).run();
            ends.add(add(Kind.JUMP, null));
            split.y = steps.size();
        }
        options.get(options.size() - 1).run();
        ends.forEach(end -> end.x = steps.size());
    }

    private void emit(Node node) {
        if (node instanceof Node.Characters characters) {
            add(Kind.TAKE, characters);
        } else if (node instanceof Node.Sequence sequence) {
            sequence.parts().forEach(this::emit);
        } else if (node instanceof Node.Choice choice) {
            choose(choice.options().stream()
                    .<Runnable>map(option -> () -> emit(option))
                    .toList());
        } else if (node instanceof Node.Capture capture) {
            emit(capture.body());
        } else if (node instanceof Node.Repeat repeat) {
            emitRepeat(repeat);
        } else if (node instanceof Node.Anchor) {
            throw new UnsupportedPatternException("an anchor that is not the first or last of an alternative");
        } else if (node instanceof Node.Look) {
            throw new UnsupportedPatternException("a look ahead or behind");
        } else {
            throw new UnsupportedPatternException("a back reference or an atomic group");
        }
    }

    private void emitRepeat(Node.Repeat repeat) {
        for (int i = 0; i < repeat.least(); i++) {
            emit(repeat.body());
        }
        if (repeat.most() == Node.UNBOUNDED) {
            int begin = steps.size();
            Step split = add(Kind.SPLIT, null);
            split.x = begin + 1;
            emit(repeat.body());
            add(Kind.JUMP, null).x = begin;
            split.y = steps.size();
            return;
        }
        List<Step> leaving = new ArrayList<>();
        for (int i = repeat.least(); i < repeat.most(); i++) {
            Step split = add(Kind.SPLIT, null);
            split.x = steps.size();
            leaving.add(split);
            emit(repeat.body());
        }
        leaving.forEach(split -> split.y = steps.size());
    }
}
