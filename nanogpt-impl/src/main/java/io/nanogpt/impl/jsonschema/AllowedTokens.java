package io.nanogpt.impl.jsonschema;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import java.util.BitSet;

/**
 * The tokens that may follow the beginning of a JSON value, so that it fits a schema and is complete within a number of
 * tokens. The tokens after a state are found once, over the vocabulary in the order of its bytes. Safe for use by many
 * threads.
 */
public final class AllowedTokens {
    /** Bytes of the sets of tokens that are kept; then all are forgotten. */
    private static final int MOST_BYTES = 32 << 20;

    private static final int LEAST_SETS = 64;

    /** Nested rules from which on a value only closes: parsers refuse values that nest some hundred levels deep. */
    private static final int MOST_DEPTH = 200;

    private final Vocabulary vocabulary;
    private final Automaton automaton;
    private final Position start;
    private final int mostSets;
    private int sets;

    /** A beginning of a value, as far as the schema tells it from others. */
    public static final class Position {
        private final Automaton.State state;

        private Position(Automaton.State state) {
            this.state = state;
        }

        /** Whether the value is complete, though more may follow, as a digit after a number. */
        public boolean isComplete() {
            return state.complete;
        }

        /** Tokens that suffice to complete the value; very many where none do. */
        int fewestTokens() {
            return state.cost;
        }
    }

    /**
     * Compiles a schema for a vocabulary.
     *
     * @param schema JSON text
     * @param source where it comes from, for messages
     * @throws NanogptException if it is not supported, or the vocabulary cannot write a value; the message names the
     *     place
     */
    public AllowedTokens(String schema, String source, Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        SchemaErrors errors = new SchemaErrors(source);
        JsonValue root = JsonValue.parse(schema, source, "a JSON schema");
        Program program = new SchemaCompiler(root, vocabulary, errors).compile();
        int[] costs = Costs.of(program, vocabulary);
        if (costs[program.rules.get(0).from()] == Costs.INFINITE) {
            Costs.Obstacle obstacle = Costs.obstacle(program, vocabulary, costs);
            throw errors.at(obstacle.place(), obstacle.reason());
        }
        automaton = new Automaton(program, costs);
        start = new Position(automaton.start());
        mostSets = Math.max(LEAST_SETS, MOST_BYTES / (vocabulary.size() / Byte.SIZE + 1));
    }

    /**
     * Checks that a schema is supported.
     *
     * @throws NanogptException as the constructor, for a vocabulary of all bytes
     */
    public static void requireSupported(String schema, String source) {
        new AllowedTokens(schema, source, Vocabulary.ofBytes());
    }

    /** The position before a value. */
    public Position start() {
        return start;
    }

    /** Tokens that suffice for the shortest value. */
    public int fewestTokens() {
        return start.state.cost;
    }

    /** The position after one more token. */
    public synchronized Position add(Position position, int id) {
        automaton.beginSteps();
        Automaton.State state = position.state;
        for (byte value : vocabulary.token(id)) {
            state = automaton.next(state, value & 0xFF);
        }
        return new Position(state);
    }

    /**
     * The tokens that may follow.
     *
     * @param tokens that are left for the value, at least as many as suffice; after each of the result, one less
     *     suffices
     * @return ids, not to be changed
     */
    public synchronized BitSet after(Position position, int tokens) {
        automaton.beginSteps();
        Automaton.State state = position.state;
        int budget = Math.min(tokens - 1, Costs.INFINITE - 1);
        if (state.depth > MOST_DEPTH) {
            budget = Math.min(budget, state.cost - 1);
        }
        Automaton.State alike = automaton.alike(state);
        Automaton.Allowed known = alike.allowed;
        if (known == null) {
            known = remember(alike);
        }
        if (known.mostCost() > budget) {
            BitSet ids = new BitSet();
            walk(state, vocabulary.shortTokens(), budget, ids);
            walk(state, vocabulary.longTokens(), budget, ids);
            return ids;
        }
        if (vocabulary.longTokens().size() == 0) {
            return known.ids();
        }
        BitSet ids = (BitSet) known.ids().clone();
        walk(state, vocabulary.longTokens(), budget, ids);
        return ids;
    }

    private Automaton.Allowed remember(Automaton.State state) {
        if (++sets > mostSets) {
            automaton.forget();
            sets = 1;
        }
        BitSet ids = new BitSet(vocabulary.size());
        int mostCost = walk(state, vocabulary.shortTokens(), Costs.INFINITE - 1, ids);
        Automaton.Allowed allowed = new Automaton.Allowed(ids, mostCost);
        state.allowed = allowed;
        return allowed;
    }

    /** Adds the tokens after which at most {@code budget} more suffice; returns the most that are needed after one. */
    private int walk(Automaton.State state, SortedTokens tokens, int budget, BitSet ids) {
        Automaton.State[] after = new Automaton.State[tokens.longest() + 1];
        after[0] = state;
        int most = 0;
        int possible = Integer.MAX_VALUE;
        for (int index = 0; index < tokens.size(); index++) {
            int at = tokens.common(index);
            if (at >= possible) {
                continue;
            }
            possible = Integer.MAX_VALUE;
            byte[] token = tokens.token(index);
            while (at < token.length && possible == Integer.MAX_VALUE) {
                Automaton.State next = automaton.next(after[at], token[at] & 0xFF);
                at++;
                after[at] = next;
                possible = next.isDead() && !next.complete ? at : possible;
            }
            if (possible == Integer.MAX_VALUE && after[at].cost <= budget) {
                ids.set(tokens.id(index));
                most = Math.max(most, after[at].cost);
            }
        }
        return most;
    }
}
