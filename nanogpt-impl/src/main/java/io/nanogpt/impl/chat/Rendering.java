package io.nanogpt.impl.chat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One run of a template. */
final class Rendering {
    private final TemplateSource source;
    private final Budget budget;
    private final Evaluator evaluator;

    /** What follows a statement. */
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    Rendering(TemplateSource source, Budget budget) {
        this.source = source;
        this.budget = budget;
        evaluator = new Evaluator(source, budget);
    }

    Text render(List<Statement> statements, Scope scope) {
        Text.Builder output = new Text.Builder();
        run(statements, scope, output);
        return output.text();
    }

    private Flow run(List<Statement> statements, Scope scope, Text.Builder output) {
        for (Statement statement : statements) {
            Flow flow = run(statement, scope, output);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow run(Statement statement, Scope scope, Text.Builder output) {
        if (statement instanceof Statement.Data data) {
            write(data.text(), 0, output);
        } else if (statement instanceof Statement.Output written) {
            int at = written.value().at();
            Object value = evaluator.evaluate(written.value(), scope);
            write(evaluator.operand("the output", at).written(value), at, output);
        } else if (statement instanceof Statement.If condition) {
            return runIf(condition, scope, output);
        } else if (statement instanceof Statement.For loop) {
            runFor(loop, scope, output);
        } else if (statement instanceof Statement.Set set) {
            set(set, scope);
        } else if (statement instanceof Statement.SetBlock set) {
            Text.Builder block = new Text.Builder();
            Flow flow = run(set.body(), new Scope(scope), block);
            scope.set(set.variable(), block.text());
            return flow;
        } else if (statement instanceof Statement.Group group) {
            return run(group.body(), scope, output);
        } else if (statement instanceof Statement.Jump jump) {
            return jump.ends() ? Flow.BREAK : Flow.CONTINUE;
        }
        return Flow.NEXT;
    }

    private void write(Text text, int at, Text.Builder output) {
        budget.step(at);
        budget.make(text.length(), at);
        output.append(text);
    }

    private Flow runIf(Statement.If statement, Scope scope, Text.Builder output) {
        for (Statement.Branch branch : statement.branches()) {
            if (Values.isTrue(evaluator.evaluate(branch.condition(), scope))) {
                return run(branch.body(), scope, output);
            }
        }
        return run(statement.otherwise(), scope, output);
    }

    private void set(Statement.Set set, Scope scope) {
        Object value = evaluator.evaluate(set.value(), scope);
        if (set.member() == null) {
            assign(set.variables(), value, scope, set.at());
        } else if (scope.get(set.variables().get(0)) instanceof Values.Namespace namespace) {
            namespace.members().put(set.member(), value);
        } else {
            throw source.error(
                    set.at(),
                    set.variables().get(0) + " is no namespace, so that its members cannot be set; make it with"
                            + " namespace()");
        }
    }

    private void assign(List<String> variables, Object value, Scope scope, int at) {
        if (variables.size() == 1) {
            scope.set(variables.get(0), value);
            return;
        }
        List<?> elements =
                evaluator.operand("an assignment to several variables", at).elements(value);
        if (elements.size() != variables.size()) {
            throw source.error(
                    at, elements.size() + " values cannot be assigned to " + variables.size() + " variables");
        }
        for (int i = 0; i < variables.size(); i++) {
            scope.set(variables.get(i), elements.get(i));
        }
    }

    private void runFor(Statement.For loop, Scope scope, Text.Builder output) {
        Object all = evaluator.evaluate(loop.values(), scope);
        List<Object> elements = new ArrayList<>();
        for (Object element : evaluator.operand("a loop", loop.at()).elements(all)) {
            budget.make(1, loop.at());
            Scope inner = new Scope(scope);
            assign(loop.variables(), element, inner, loop.at());
            if (loop.condition() == null || Values.isTrue(evaluator.evaluate(loop.condition(), inner))) {
                elements.add(element);
            }
        }
        if (elements.isEmpty()) {
            run(loop.otherwise(), scope, output);
            return;
        }
        for (int i = 0; i < elements.size(); i++) {
            budget.step(loop.at());
            Scope inner = new Scope(scope);
            inner.set("loop", state(elements, i));
            assign(loop.variables(), elements.get(i), inner, loop.at());
            if (run(loop.body(), inner, output) == Flow.BREAK) {
                return;
            }
        }
    }

    private static Map<String, Object> state(List<Object> elements, int index) {
        int size = elements.size();
        Map<String, Object> loop = new HashMap<>();
        loop.put("index", index + 1L);
        loop.put("index0", (long) index);
        loop.put("revindex", (long) size - index);
        loop.put("revindex0", size - index - 1L);
        loop.put("first", index == 0);
        loop.put("last", index == size - 1);
        loop.put("length", (long) size);
        if (index > 0) {
            loop.put("previtem", elements.get(index - 1));
        }
        if (index < size - 1) {
            loop.put("nextitem", elements.get(index + 1));
        }
        return loop;
    }
}
