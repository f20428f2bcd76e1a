package io.nanogpt.impl.jsonschema;

import org.jspecify.annotations.Nullable;

/** The instructions at which rules that were called go on, the innermost first. Immutable. */
final class Stack {
    final int address;
    final @Nullable Stack outer;
    /** The tokens that suffice to the end of the value. */
    final int cost;

    final int depth;
    private final int hash;

    Stack(int address, @Nullable Stack outer, int[] costs) {
        this.address = address;
        this.outer = outer;
        cost = Costs.sum(costs[address], outer == null ? 0 : outer.cost);
        depth = outer == null ? 1 : outer.depth + 1;
        hash = 31 * (outer == null ? 7 : outer.hash) + address;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Stack stack) || hash != stack.hash || depth != stack.depth) {
            return false;
        }
        Stack one = this;
        while (one != stack) {
            if (one == null || stack == null || one.address != stack.address) {
                return false;
            }
            one = one.outer;
            stack = stack.outer;
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
