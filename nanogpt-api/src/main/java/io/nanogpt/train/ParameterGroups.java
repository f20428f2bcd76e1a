package io.nanogpt.train;

import io.nanogpt.graph.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The optimizers of a run: the first group whose selector matches a parameter updates it, and another optimizer the
 * rest. Each has its own learning rate, which the schedule's factor multiplies. Immutable.
 *
 * <pre>{@code
 * ParameterGroups.of(AdamW.defaults().withLearningRate(3e-3))
 *         .with(ParameterSelector.embeddings(), AdamW.defaults().withLearningRate(1e-2).withWeightDecay(0))
 *         .with(ParameterSelector.named("*.bias"), Sgd.of(1e-3));
 * }</pre>
 *
 * @param groups in the order in which they choose
 * @param rest the optimizer of the parameters that no group selects
 */
public record ParameterGroups(List<Group> groups, Optimizer rest) {
    /**
     * The parameters that a selector matches and no earlier group does.
     *
     * @param selector of the parameters
     * @param optimizer updates them
     */
    public record Group(ParameterSelector selector, Optimizer optimizer) {
        public Group {
            Objects.requireNonNull(selector, "selector");
            Objects.requireNonNull(optimizer, "optimizer");
        }

        /** Returns the text {@code selector: optimizer}. */
        @Override
        public String toString() {
            return selector + ": " + optimizer;
        }
    }

    public ParameterGroups {
        groups = List.copyOf(groups);
        Objects.requireNonNull(rest, "rest");
    }

    /** Returns one optimizer for all parameters. */
    public static ParameterGroups of(Optimizer optimizer) {
        return new ParameterGroups(List.of(), optimizer);
    }

    /** Returns a copy with a further group, which chooses after the others. */
    public ParameterGroups with(ParameterSelector selector, Optimizer optimizer) {
        List<Group> more = new ArrayList<>(groups);
        more.add(new Group(selector, optimizer));
        return new ParameterGroups(more, rest);
    }

    /** Returns a copy with this optimizer of the parameters that no group selects. */
    public ParameterGroups withRest(Optimizer value) {
        return new ParameterGroups(groups, value);
    }

    /** Returns a copy in which a function replaces each optimizer. */
    public ParameterGroups map(UnaryOperator<Optimizer> function) {
        return new ParameterGroups(
                groups.stream()
                        .map(group -> new Group(group.selector, function.apply(group.optimizer)))
                        .toList(),
                function.apply(rest));
    }

    /** Returns all optimizers: those of the groups, then that of the rest. */
    public List<Optimizer> optimizers() {
        List<Optimizer> all = new ArrayList<>();
        groups.forEach(group -> all.add(group.optimizer));
        all.add(rest);
        return all;
    }

    /** Returns the optimizer of a parameter. */
    public Optimizer optimizer(ParameterSpec parameter) {
        return groups.stream()
                .filter(group -> group.selector.matches(parameter))
                .map(Group::optimizer)
                .findFirst()
                .orElse(rest);
    }

    /**
     * Checks that these groups fit a model.
     *
     * @throws IllegalArgumentException if a group names parameters that the model does not have, or an optimizer cannot
     *     update a parameter that it is given
     */
    public void requireFit(List<ParameterSpec> parameters) {
        for (Group group : groups) {
            ParameterSelector named = ParameterSelector.named(group.selector.name());
            if (parameters.stream().noneMatch(named::matches)) {
                throw new IllegalArgumentException("the parameter group '" + group.selector
                        + "' names no parameter; the model has "
                        + parameters.stream().map(ParameterSpec::name).collect(Collectors.joining(", ")));
            }
        }
        parameters.forEach(parameter -> optimizer(parameter).stateShapes(parameter));
    }
}
