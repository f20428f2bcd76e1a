package io.nanogpt.impl.jsonschema;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Appends rules for one character of a JSON string: as it is, or with the shortest escape where JSON requires one. A set
 * of all characters also has the escapes {@code \}{@code uXXXX}.
 */
final class CharacterRules {
    private static final String ESCAPED = "\"\\\b\f\n\r\t";
    private static final String LETTERS = "\"\\bfnrt";
    private static final String HEX = "0123456789abcdefABCDEF";

    private final ProgramBuilder program;
    private final Vocabulary vocabulary;

    CharacterRules(ProgramBuilder program, Vocabulary vocabulary) {
        this.program = program;
        this.vocabulary = vocabulary;
    }

    /** Appends the body of a rule. */
    void emit(CharacterSet set, boolean withHexadecimal) {
        BitSet tokens = (BitSet) vocabulary.characters().clone();
        tokens.and(set.members());
        tokens.clear(0, ' ');
        tokens.clear('"');
        tokens.clear('\\');
        program.add(Program.CHARACTER, tokens.isEmpty() ? 0 : 1);
        List<Runnable> parts = new ArrayList<>();
        BitSet plain = set.plainAscii();
        if (!plain.isEmpty()) {
            parts.add(() -> end(plain));
        }
        addEscapes(set, parts);
        if (withHexadecimal) {
            parts.add(this::hexadecimal);
        }
        addSequences(set.utf8(), 0, parts);
        if (parts.isEmpty()) {
            program.add(Program.FAIL, 0);
        } else {
            program.choose(parts);
        }
    }

    private void end(BitSet last) {
        program.takeSet(last);
        program.add(Program.RETURN, 0);
    }

    private void addEscapes(CharacterSet set, List<Runnable> parts) {
        BitSet letters = new BitSet();
        BitSet[] numbers = {new BitSet(), new BitSet()};
        for (int control = 0; control < ' '; control++) {
            if (set.members().get(control) && ESCAPED.indexOf(control) < 0) {
                numbers[control >> 4].set(HEX.charAt(control & 15));
                numbers[control >> 4].set(Character.toUpperCase(HEX.charAt(control & 15)));
            }
        }
        for (int i = 0; i < ESCAPED.length(); i++) {
            letters.set(LETTERS.charAt(i), set.members().get(ESCAPED.charAt(i)));
        }
        if (!letters.isEmpty()) {
            parts.add(() -> {
                program.takeByte('\\');
                end(letters);
            });
        }
        for (int high = 0; high < 2; high++) {
            BitSet low = numbers[high];
            int digit = '0' + high;
            if (!low.isEmpty()) {
                parts.add(() -> {
                    List.of('\\', 'u', '0', '0').forEach(program::takeByte);
                    program.takeByte(digit);
                    end(low);
                });
            }
        }
    }

    /** Any character by its number; one beyond the basic plane by those of its two surrogates. */
    private void hexadecimal() {
        BitSet any = bits(HEX);
        BitSet before = bits(HEX.replace("d", "").replace("D", ""));
        BitSet d = bits("dD");
        program.takeByte('\\');
        program.takeByte('u');
        program.choose(List.of(
                () -> {
                    program.takeSet(before);
                    program.takeSet(any);
                    program.takeSet(any);
                    end(any);
                },
                () -> {
                    program.takeSet(d);
                    program.takeSet(bits("01234567"));
                    program.takeSet(any);
                    end(any);
                },
                () -> {
                    program.takeSet(d);
                    program.takeSet(bits("89abAB"));
                    program.takeSet(any);
                    program.takeSet(any);
                    program.takeByte('\\');
                    program.takeByte('u');
                    program.takeSet(d);
                    program.takeSet(bits("cdefCDEF"));
                    program.takeSet(any);
                    end(any);
                }));
    }

    private static BitSet bits(String characters) {
        BitSet bits = new BitSet();
        characters.chars().forEach(bits::set);
        return bits;
    }

    /** Adds sequences of bytes, those with the same byte at a place together. */
    private void addSequences(List<int[][]> sequences, int place, List<Runnable> parts) {
        Map<List<Integer>, List<int[][]>> groups = new LinkedHashMap<>();
        for (int[][] sequence : sequences) {
            List<Integer> range = List.of(sequence[place][0], sequence[place][1]);
            groups.computeIfAbsent(range, missing -> new ArrayList<>()).add(sequence);
        }
        BitSet last = new BitSet();
        groups.forEach((range, group) -> {
            BitSet bytes = new BitSet();
            bytes.set(range.get(0), range.get(1) + 1);
            if (group.get(0).length == place + 1) {
                last.or(bytes);
            } else {
                parts.add(() -> {
                    program.takeSet(bytes);
                    List<Runnable> rest = new ArrayList<>();
                    addSequences(group, place + 1, rest);
                    program.choose(rest);
                });
            }
        });
        if (!last.isEmpty()) {
            parts.add(() -> end(last));
        }
    }
}
