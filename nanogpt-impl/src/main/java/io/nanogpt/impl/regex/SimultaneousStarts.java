package io.nanogpt.impl.regex;

import java.util.Arrays;

/**
 * Finds the next match of a program from all starts at once, in the order of their priority (Pike 1987): one pass over
 * the text, at a cost of the program's size for each character.
 */
final class SimultaneousStarts {
    private final Program program;
    private final Symbols symbols;
    private final int[] seen;
    private int round;
    private final int[] stack;

    /** The threads of this place and of the next, and where their matches would start. */
    private int[] threads;

    private int[] starts;
    private int[] nextThreads;
    private int[] nextStarts;
    private int nextCount;

    private int start;
    private int end;
    private boolean hitEnd;

    SimultaneousStarts(Program program, Symbols symbols) {
        this.program = program;
        this.symbols = symbols;
        seen = new int[program.size];
        stack = new int[2 * program.size + 2];
        threads = new int[program.size + 1];
        starts = new int[program.size + 1];
        nextThreads = new int[program.size + 1];
        nextStarts = new int[program.size + 1];
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    boolean hitEnd() {
        return hitEnd;
    }

    boolean find(String text, int from, SearchBudget budget) {
        Arrays.fill(seen, 0);
        round = 0;
        end = -1;
        int count = 0;
        int at = from;
        while (true) {
            boolean atEnd = at == text.length();
            int codePoint = atEnd ? 0 : text.codePointAt(at);
            if (end < 0 && !atEnd) {
                threads[count] = 0;
                starts[count++] = at;
            }
            step(count, atEnd ? Automaton.END : symbols.of(codePoint), at);
            budget.spend(1L + count);
            count = nextCount;
            swap();
            if (atEnd || (count == 0 && end >= 0)) {
                hitEnd = atEnd;
                return end >= 0;
            }
            at += Character.charCount(codePoint);
        }
    }

    private void swap() {
        int[] otherThreads = threads;
        threads = nextThreads;
        nextThreads = otherThreads;
        int[] otherStarts = starts;
        starts = nextStarts;
        nextStarts = otherStarts;
    }

    private void step(int count, int symbol, int at) {
        nextCount = 0;
        round++;
        int ended = -1;
        for (int i = 0; i < count; i++) {
            // After a match without characters, which does not count, other ways of the same start are of lower
            // priority.
            if (starts[i] == ended || !follow(threads[i], starts[i], symbol, at)) {
                continue;
            }
            if (at > starts[i]) {
                start = starts[i];
                end = at;
                return;
            }
            ended = starts[i];
        }
    }

    /** Adds the threads after a symbol; returns whether the thread has matched before it. */
    private boolean follow(int thread, int threadStart, int symbol, int at) {
        int depth = 0;
        stack[depth++] = thread;
        while (depth > 0) {
            int place = stack[--depth];
            if (seen[place] == round) {
                continue;
            }
            seen[place] = round;
            int set = program.x[place];
            switch (program.operations[place]) {
                case Program.TAKE -> {
                    if (symbol != Automaton.END && symbols.contains(set, symbol)) {
                        nextThreads[nextCount] = place + 1;
                        nextStarts[nextCount++] = threadStart;
                    }
                }
                case Program.SPLIT -> {
                    stack[depth++] = program.y[place];
                    stack[depth++] = program.x[place];
                }
                case Program.JUMP -> stack[depth++] = program.x[place];
                case Program.MATCH -> {
                    return true;
                }
                default -> {
                    if (holds(place, symbol, at)) {
                        stack[depth++] = place + 1;
                    }
                }
            }
        }
        return false;
    }

    private boolean holds(int place, int symbol, int at) {
        boolean atEnd = symbol == Automaton.END;
        return switch (program.operations[place]) {
            case Program.BEGIN -> at == 0;
            case Program.END -> atEnd;
            case Program.NEXT -> !atEnd && symbols.contains(program.x[place], symbol);
            default -> atEnd || !symbols.contains(program.x[place], symbol);
        };
    }
}
