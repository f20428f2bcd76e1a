package io.nanogpt.impl.jsonschema;

import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A program that is run for all of its alternatives at once; its states are made when they are first reached. Not
 * thread-safe.
 */
final class Automaton {
    /** States to keep; then all are forgotten. */
    private static final int MOST_STATES = 20_000;

    /** Alternatives that are followed at once; beyond that, those that are nearest to their end. */
    private static final int MOST_BRANCHES = 512;

    /** Steps that the tokens after one state may take: about a second. */
    private static final long MOST_STEPS = 20_000_000;

    private static final long STEPS_BETWEEN_CHECKS = 1 << 16;

    private final Program program;
    private final int[] costs;
    private final int[] classes = new int[256];
    private final int classCount;
    private Map<State, State> states = new HashMap<>();
    private long steps;

    /** An alternative: the instruction that takes the next byte, and where it goes on after its rule. */
    private record Branch(int address, @Nullable Stack stack) {}

    /** A value, as far as the schema tells it from others. */
    static final class State {
        private final List<Branch> branches;
        /** Whether the value is complete. */
        final boolean complete;
        /** The tokens that suffice to complete it. */
        final int cost;
        /** Rules that are not complete. */
        final int depth;

        private final int hash;
        private @Nullable State @Nullable [] next;
        private @Nullable State alike;
        /** The tokens that may follow; kept here for the owner of the automaton. */
        @Nullable
        Allowed allowed;

        private State(List<Branch> branches, boolean complete, int[] costs) {
            this.branches = branches;
            this.complete = complete;
            int least = complete ? 0 : Costs.INFINITE;
            int deepest = 0;
            for (Branch branch : branches) {
                least = Math.min(least, costOf(branch, costs));
                deepest = Math.max(deepest, branch.stack() == null ? 0 : branch.stack().depth);
            }
            cost = least;
            depth = deepest;
            hash = 2 * branches.hashCode() + (complete ? 1 : 0);
        }

        private static int costOf(Branch branch, int[] costs) {
            return Costs.sum(costs[branch.address()], branch.stack() == null ? 0 : branch.stack().cost);
        }

        boolean isDead() {
            return branches.isEmpty();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof State state
                    && hash == state.hash
                    && complete == state.complete
                    && branches.equals(state.branches);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /**
     * Tokens that may follow a state.
     *
     * @param ids of the tokens
     * @param mostCost the most tokens that suffice after any of them
     */
    record Allowed(BitSet ids, int mostCost) {}

    Automaton(Program program, int[] costs) {
        this.program = program;
        this.costs = costs;
        classCount = classify();
    }

    /** Numbers the classes of bytes that the program does not tell apart. */
    private int classify() {
        Map<BitSet, Integer> numbers = new HashMap<>();
        BitSet[] members = new BitSet[256];
        for (int value = 0; value < 256; value++) {
            members[value] = new BitSet();
        }
        for (int set = 0; set < program.sets.size(); set++) {
            int number = set;
            program.sets.get(set).stream().forEach(value -> members[value].set(number));
        }
        for (int at = 0; at < program.size(); at++) {
            if (program.operations[at] == Program.BYTE) {
                members[program.x[at]].set(program.sets.size() + program.x[at]);
            }
        }
        for (int value = 0; value < 256; value++) {
            classes[value] = numbers.computeIfAbsent(members[value], missing -> numbers.size());
        }
        return numbers.size();
    }

    /** The state before a value. */
    State start() {
        Closure closure = new Closure();
        closure.follow(program.rules.get(0).from(), null);
        return closure.state();
    }

    /** Begins to count steps. */
    void beginSteps() {
        steps = 0;
    }

    /** The state after one more byte. */
    State next(State state, int value) {
        int symbol = classes[value];
        @Nullable State @Nullable [] known = state.next;
        if (known == null) {
            known = new State[classCount];
            state.next = known;
        }
        State next = known[symbol];
        if (next == null) {
            next = compute(state, value);
            known[symbol] = next;
        }
        return next;
    }

    private State compute(State state, int value) {
        Closure closure = new Closure();
        for (Branch branch : state.branches) {
            if (program.takes(branch.address(), value)) {
                closure.follow(branch.address() + 1, branch.stack());
            }
        }
        spend(state.branches.size() + 1);
        return closure.state();
    }

    private void spend(int more) {
        if ((steps + more) / STEPS_BETWEEN_CHECKS > steps / STEPS_BETWEEN_CHECKS) {
            NanogptInterruptedException.check("following the JSON schema");
        }
        steps += more;
        if (steps > MOST_STEPS) {
            throw new NanogptException("the JSON schema takes more than " + MOST_STEPS
                    + " steps for a token; write it with fewer alternatives that begin alike, and its patterns without"
                    + " repetitions inside of repetitions");
        }
    }

    /** A state after which the same short tokens may follow, see {@link Program#alike}. */
    State alike(State state) {
        State alike = state.alike;
        if (alike == null) {
            Set<Branch> branches = new LinkedHashSet<>();
            for (Branch branch : state.branches) {
                branches.add(new Branch(program.alike[branch.address()], alike(branch.stack())));
            }
            alike = intern(new State(List.copyOf(branches), state.complete, costs));
            state.alike = alike;
        }
        return alike;
    }

    private @Nullable Stack alike(@Nullable Stack stack) {
        if (stack == null) {
            return null;
        }
        Deque<Stack> inner = new ArrayDeque<>();
        for (Stack at = stack; at != null; at = at.outer) {
            inner.push(at);
        }
        Stack copy = null;
        for (Stack at : inner) {
            int address = program.alike[at.address];
            copy = address == at.address && Objects.equals(copy, at.outer) ? at : new Stack(address, copy, costs);
        }
        return copy;
    }

    /** Forgets all states; those in use go on working. */
    void forget() {
        states = new HashMap<>();
    }

    private State intern(State state) {
        if (states.size() >= MOST_STATES) {
            forget();
        }
        State known = states.putIfAbsent(state, state);
        return known == null ? state : known;
    }

    /** Collects where a value may go on, up to the instructions that take a byte. */
    private final class Closure {
        private final Set<Branch> seen = new LinkedHashSet<>();
        private final List<Branch> taking = new ArrayList<>();
        private final Deque<Branch> pending = new ArrayDeque<>();
        private boolean complete;

        void follow(int address, @Nullable Stack stack) {
            add(address, stack);
            for (Branch branch = pending.poll(); branch != null; branch = pending.poll()) {
                follow(branch);
            }
        }

        private void add(int address, @Nullable Stack stack) {
            Branch branch = new Branch(address, stack);
            if (seen.add(branch)) {
                pending.push(branch);
            }
        }

        private void follow(Branch branch) {
            int at = branch.address();
            Stack stack = branch.stack();
            int target = program.x[at];
            switch (program.operations[at]) {
                case Program.BYTE, Program.SET -> taking.add(branch);
                case Program.SPLIT -> {
                    add(program.y[at], stack);
                    add(target, stack);
                }
                case Program.JUMP -> add(target, stack);
                case Program.CALL -> add(program.rules.get(target).from(), new Stack(at + 1, stack, costs));
                case Program.GOTO -> add(program.rules.get(target).from(), stack);
                case Program.CHARACTER -> add(at + 1, stack);
                case Program.RETURN -> {
                    complete |= stack == null;
                    if (stack != null) {
                        add(stack.address, stack.outer);
                    }
                }
                default -> {}
            }
        }

        State state() {
            spend(seen.size());
            List<Branch> branches = taking;
            if (branches.size() > MOST_BRANCHES) {
                branches = branches.stream()
                        .sorted(Comparator.comparingInt(branch -> State.costOf(branch, costs)))
                        .limit(MOST_BRANCHES)
                        .toList();
            }
            return intern(new State(List.copyOf(branches), complete, costs));
        }
    }
}
