package io.nanogpt.impl.chat;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The evaluated arguments of a call. */
record CallArguments(List<Object> positional, Map<String, Object> named, Operand operand) {
    /** The argument at a position or with a name. */
    Optional<Object> find(int position, String name) {
        Object value = position < positional.size() ? positional.get(position) : named.get(name);
        return Optional.ofNullable(value);
    }

    Object require(int position, String name) {
        return find(position, name)
                .orElseThrow(() -> operand.error(operand.operation() + " needs the argument " + name));
    }

    /** Refuses arguments beyond those that a function has. */
    void requireAtMost(int count) {
        if (positional.size() + named.size() > count) {
            throw operand.error(operand.operation() + " takes at most " + count + " arguments here, but is given "
                    + (positional.size() + named.size()));
        }
    }
}
