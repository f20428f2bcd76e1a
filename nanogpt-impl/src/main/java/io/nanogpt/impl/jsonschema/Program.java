package io.nanogpt.impl.jsonschema;

import java.util.BitSet;
import java.util.List;

/**
 * Instructions of an automaton with a stack (a recursive transition network) over the bytes of a JSON value. Rule 0 is
 * the value. Immutable.
 */
final class Program {
    /** Takes the byte {@code x}. */
    static final int BYTE = 0;
    /** Takes a byte of set {@code x}. */
    static final int SET = 1;
    /** Continues at {@code x} and at {@code y}. */
    static final int SPLIT = 2;
    /** Continues at {@code x}. */
    static final int JUMP = 3;
    /** Continues at rule {@code x}, and after it at the next instruction. */
    static final int CALL = 4;
    /** Continues at rule {@code x}, whose end is the end of this rule. */
    static final int GOTO = 5;
    /** Ends a rule. */
    static final int RETURN = 6;
    /** Ends without a value. */
    static final int FAIL = 7;
    /** Begins a character that is a token of the vocabulary ({@code x} is 1) or not. */
    static final int CHARACTER = 8;

    final int[] operations;
    final int[] x;
    final int[] y;
    final List<BitSet> sets;
    final List<Rule> rules;

    /**
     * For each instruction the one that behaves alike for {@link Vocabulary#SHORT} bytes: that of a repetition which is
     * as far from its limit as possible.
     */
    final int[] alike;

    /**
     * A rule.
     *
     * @param place the JSON pointer of its schema
     * @param from its first instruction
     * @param to the end of its instructions
     */
    record Rule(String place, int from, int to) {}

    Program(int[][] instructions, int[] alike, List<BitSet> sets, List<Rule> rules) {
        operations = instructions[0];
        x = instructions[1];
        y = instructions[2];
        this.alike = alike;
        this.sets = List.copyOf(sets);
        this.rules = List.copyOf(rules);
    }

    int size() {
        return operations.length;
    }

    /** Whether an instruction takes a byte. */
    boolean takes(int at, int value) {
        return operations[at] == BYTE ? x[at] == value : sets.get(x[at]).get(value);
    }
}
