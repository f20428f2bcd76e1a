package io.nanogpt.impl.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a template. */
sealed interface Statement {
    /** Text that is written as it is. */
    record Data(Text text) implements Statement {}

    /** Writes a value. */
    record Output(Expression value) implements Statement {}

    /** A condition with what it leads to. */
    record Branch(Expression condition, List<Statement> body) {}

    /** {@code if}, {@code elif} and {@code else}. */
    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    /** A loop. */
    record For(
            List<String> variables,
            Expression values,
            @Nullable Expression condition,
            List<Statement> body,
            List<Statement> otherwise,
            int at)
            implements Statement {}

    /** Sets variables, or a member of a namespace. */
    record Set(List<String> variables, @Nullable String member, Expression value, int at) implements Statement {}

    /** Sets a variable to what statements write. */
    record SetBlock(String variable, List<Statement> body, int at) implements Statement {}

    /** {@code break} or {@code continue}. */
    record Jump(boolean ends) implements Statement {}

    /** Statements in a scope of the same variables. */
    record Group(List<Statement> body) implements Statement {}
}
