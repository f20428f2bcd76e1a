package io.nanogpt.impl.jsonschema;

import io.nanogpt.impl.jsonschema.CharacterSteps.Step;
import io.nanogpt.impl.regex.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appends the characters of a string or a number. Where their count is limited, all steps are repeated for each count,
 * so that every step knows how many characters may follow.
 */
final class StringRules {
    /** Instructions of a step. */
    private static final int WIDTH = 2;

    private static final int MOST_CLASSES = 200;

    private final ProgramBuilder program;
    private final CharacterRules characters;
    private final SchemaCompiler rules;
    private final SchemaErrors errors;
    /** The rule of any character; -1 before it is needed. */
    private int any = -1;

    private final Map<Node.Characters, CharacterSet> sets = new HashMap<>();
    private final Map<Node.Characters, Integer> setRules = new HashMap<>();

    StringRules(ProgramBuilder program, Vocabulary vocabulary, SchemaCompiler rules, SchemaErrors errors) {
        this.program = program;
        this.rules = rules;
        this.errors = errors;
        characters = new CharacterRules(program, vocabulary);
    }

    /** Appends a string between quotes, which ends the rule. */
    void emitString(List<Step> steps, int least, Optional<Integer> most, String place) {
        program.takeByte('"');
        List<Integer> ends = emit(steps, least, most, place);
        ends.forEach(program::land);
        program.takeByte('"');
        program.add(Program.RETURN, 0);
    }

    /** Appends the text of a number, which ends the rule. */
    void emitNumber(List<Step> steps, String place) {
        emit(steps, 0, Optional.empty(), place).forEach(program::land);
        program.add(Program.RETURN, 0);
    }

    /** Appends steps; returns the jumps at their ends. */
    private List<Integer> emit(List<Step> steps, int least, Optional<Integer> most, String place) {
        int last = most.orElse(least);
        int first = program.size();
        int size = WIDTH * steps.size();
        List<Integer> ends = new ArrayList<>();
        for (int count = 0; count <= last; count++) {
            int layer = first + count * size;
            boolean full = most.isPresent() && count == last;
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                switch (step.kind) {
                    case TAKE -> {
                        take(step.set, full, place);
                        int next = count == last ? layer : layer + size;
                        program.add(Program.JUMP, next + WIDTH * (i + 1));
                    }
                    case SPLIT -> pair(Program.SPLIT, layer + WIDTH * step.x, layer + WIDTH * step.y);
                    case JUMP -> pair(Program.JUMP, layer + WIDTH * step.x, 0);
                    case DONE -> {
                        int at = pair(count >= least ? Program.JUMP : Program.FAIL, 0, 0);
                        if (count >= least) {
                            ends.add(at);
                        }
                    }
                }
            }
        }
        most.ifPresent(limit -> declareAlike(first, size, steps.size(), least, limit));
        return ends;
    }

    /** Far from the limit it makes no difference how far: the shortest way to the end takes each step at most once. */
    private void declareAlike(int first, int size, int steps, int least, int most) {
        int furthest = most - Vocabulary.SHORT - 1 - steps;
        for (int count = least; count < furthest; count++) {
            int layer = first + count * size;
            program.declareAlike(layer, layer + size, (furthest - count) * size);
        }
    }

    private int pair(int operation, int x, int y) {
        int at = program.add(operation, x, y);
        program.add(Program.FAIL, 0);
        return at;
    }

    private void take(Node.@Nullable Characters set, boolean full, String place) {
        if (full) {
            program.add(Program.FAIL, 0);
        } else if (set == null) {
            program.add(Program.CALL, anyRule(place));
        } else {
            CharacterSet members = sets.get(set);
            if (members == null) {
                if (sets.size() >= MOST_CLASSES) {
                    throw errors.at(place, "the patterns have more than " + MOST_CLASSES + " classes of characters");
                }
                members = CharacterSet.of(set);
                sets.put(set, members);
            }
            CharacterSet known = members;
            if (known.isPlainAscii() && !known.members().isEmpty()) {
                program.takeSet(known.members());
            } else {
                program.add(
                        Program.CALL,
                        setRules.computeIfAbsent(
                                set, missing -> rules.later(place, () -> characters.emit(known, false))));
            }
        }
    }

    private int anyRule(String place) {
        if (any < 0) {
            any = rules.later(place, () -> characters.emit(CharacterSet.all(), true));
        }
        return any;
    }
}
