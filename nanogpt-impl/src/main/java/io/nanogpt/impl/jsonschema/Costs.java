package io.nanogpt.impl.jsonschema;

import io.nanogpt.impl.jsonschema.Program.Rule;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * For each instruction the tokens that suffice from there to the end of its rule, as Knuth (1977) generalises shortest
 * paths to grammars. Texts that are fixed take the fewest tokens of the vocabulary; other characters are taken one by
 * one.
 */
final class Costs {
    /** More tokens than any value has: the vocabulary cannot write it. */
    static final int INFINITE = 1 << 28;

    private final Program program;
    private final Vocabulary vocabulary;
    private final int[] costs;
    private final int[] setCosts;
    /** The rules that continue with each rule. */
    private final BitSet[] callers;

    private Costs(Program program, Vocabulary vocabulary) {
        this.program = program;
        this.vocabulary = vocabulary;
        costs = new int[program.size()];
        Arrays.fill(costs, INFINITE);
        setCosts = program.sets.stream()
                .mapToInt(set -> set.stream().anyMatch(vocabulary::hasByte) ? 1 : INFINITE)
                .toArray();
        callers = new BitSet[program.rules.size()];
        Arrays.setAll(callers, rule -> new BitSet());
        for (int rule = 0; rule < callers.length; rule++) {
            Rule body = program.rules.get(rule);
            for (int at = body.from(); at < body.to(); at++) {
                if (program.operations[at] == Program.CALL || program.operations[at] == Program.GOTO) {
                    callers[program.x[at]].set(rule);
                }
            }
        }
    }

    static int[] of(Program program, Vocabulary vocabulary) {
        Costs costs = new Costs(program, vocabulary);
        costs.compute();
        return costs.costs;
    }

    static int sum(int first, int second) {
        return Math.min(INFINITE, first + second);
    }

    private void compute() {
        Deque<Integer> pending = new ArrayDeque<>();
        BitSet isPending = new BitSet();
        for (int rule = callers.length - 1; rule >= 0; rule--) {
            pending.add(rule);
            isPending.set(rule);
        }
        for (Integer rule = pending.poll(); rule != null; rule = pending.poll()) {
            isPending.clear(rule);
            Rule body = program.rules.get(rule);
            int before = costs[body.from()];
            while (sweep(body)) {
                // A loop within the rule: once more.
            }
            if (costs[body.from()] < before) {
                callers[rule].stream().filter(caller -> !isPending.get(caller)).forEach(caller -> {
                    pending.add(caller);
                    isPending.set(caller);
                });
            }
        }
    }

    private boolean sweep(Rule body) {
        boolean changed = false;
        for (int at = body.to() - 1; at >= body.from(); at--) {
            int cost = cost(at);
            if (cost < costs[at]) {
                costs[at] = cost;
                changed = true;
            }
        }
        return changed;
    }

    private int cost(int at) {
        int target = program.x[at];
        return switch (program.operations[at]) {
            case Program.BYTE -> fixedText(at);
            case Program.SET -> sum(setCosts[target], costs[at + 1]);
            case Program.SPLIT -> Math.min(costs[target], costs[program.y[at]]);
            case Program.JUMP -> costs[target];
            case Program.CALL -> sum(costs[program.rules.get(target).from()], costs[at + 1]);
            case Program.GOTO -> costs[program.rules.get(target).from()];
            case Program.RETURN -> 0;
            case Program.CHARACTER -> target == 1 ? 1 : costs[at + 1];
            default -> INFINITE;
        };
    }

    /** The cheapest of the tokens that fit the bytes from here on. */
    private int fixedText(int at) {
        SortedTokens tokens = vocabulary.all();
        int from = 0;
        int to = tokens.size();
        int cheapest = INFINITE;
        for (int place = 0; program.operations[at + place] == Program.BYTE && from < to; place++) {
            int value = program.x[at + place];
            from = tokens.firstFrom(from, to, place, value);
            to = tokens.firstFrom(from, to, place, value + 1);
            if (from < to && tokens.token(from).length == place + 1) {
                cheapest = Math.min(cheapest, sum(1, costs[at + place + 1]));
            }
        }
        return cheapest;
    }

    /** Where, and why, a vocabulary cannot write a value. */
    record Obstacle(String place, String reason) {}

    /** Finds out why the value costs infinitely much. */
    static Obstacle obstacle(Program program, Vocabulary vocabulary, int[] costs) {
        Set<Integer> visited = new LinkedHashSet<>();
        int rule = 0;
        int at = program.rules.get(0).from();
        while (visited.add(at)) {
            int target = program.x[at];
            switch (program.operations[at]) {
                case Program.BYTE, Program.SET -> {
                    boolean single = program.operations[at] == Program.BYTE
                            ? vocabulary.hasByte(target)
                            : program.sets.get(target).stream().anyMatch(vocabulary::hasByte);
                    if (!single) {
                        return new Obstacle(program.rules.get(rule).place(), missing(program, at));
                    }
                    at++;
                }
                case Program.CALL -> {
                    int entry = program.rules.get(target).from();
                    rule = costs[entry] == INFINITE ? target : rule;
                    at = costs[entry] == INFINITE ? entry : at + 1;
                }
                case Program.GOTO -> {
                    rule = target;
                    at = program.rules.get(target).from();
                }
                case Program.SPLIT, Program.JUMP -> at = target;
                case Program.CHARACTER -> at++;
                default -> {
                    return new Obstacle(
                            program.rules.get(rule).place(), "no string fits the pattern, minLength and maxLength");
                }
            }
        }
        return new Obstacle(
                program.rules.get(rule).place(),
                "each value contains another of this schema, without end; make it optional, or let an array be empty");
    }

    private static String missing(Program program, int at) {
        BitSet values = new BitSet();
        if (program.operations[at] == Program.BYTE) {
            values.set(program.x[at]);
        } else {
            values = program.sets.get(program.x[at]);
        }
        StringBuilder names = new StringBuilder();
        values.stream()
                .limit(8)
                .forEach(value -> names.append(names.isEmpty() ? "" : " ")
                        .append(
                                value > ' ' && value < 0x7F
                                        ? Character.toString(value)
                                        : String.format("%02X", value)));
        return "the vocabulary has no token for " + (values.cardinality() == 1 ? "" : "any of ") + names
                + (values.cardinality() > 8 ? " ..." : "");
    }
}
