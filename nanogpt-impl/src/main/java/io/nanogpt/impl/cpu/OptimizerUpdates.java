package io.nanogpt.impl.cpu;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.train.CustomOptimizer;
import io.nanogpt.train.Muon;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.ParameterGroups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The optimizers of all parameters: the rule of each, the arrays that it keeps for it, and the updates of a step. */
final class OptimizerUpdates {
    private final List<ParameterSpec> specs;
    /** For each parameter: the index of its first element in its values and gradients. */
    private final int[] starts;
    /** For each parameter: all values, all gradients, and then the arrays that its optimizer keeps for it alone. */
    private final float[][][] states;

    private final ThreadTeam team;
    private final Kernels[] kernels;
    /** The optimizers of the last update, and the rule of each parameter. */
    private @Nullable ParameterGroups groups;

    private UpdateRule[] rules = new UpdateRule[0];
    private UpdateRule[] ruleOf = new UpdateRule[0];
    /** Of the matrices that Muon updates, if any. */
    private @Nullable MuonUpdate muon;

    private CustomUpdate[] customUpdates = new CustomUpdate[0];
    private long step;
    private double rateFactor;
    private double gradientScale;

    // Created once: a bound method reference allocates on every evaluation.
    private final ThreadTeam.Job customJob = this::updateCustom;

    OptimizerUpdates(List<ParameterSpec> specs, int[] starts, float[][][] states, ThreadTeam team, Kernels[] kernels) {
        this.specs = specs;
        this.starts = starts;
        this.states = states;
        this.team = team;
        this.kernels = kernels;
    }

    /** Begins a step. */
    void begin(ParameterGroups next, long number, double factor, double scale) {
        step = number;
        rateFactor = factor;
        gradientScale = scale;
        if (!isInUse(next)) {
            use(next);
        }
        for (UpdateRule rule : rules) {
            rule.begin(step, rateFactor, gradientScale);
        }
    }

    /** The rule of each parameter in this step. */
    UpdateRule[] rules() {
        return ruleOf;
    }

    /** Updates the parameters whose rules need all of their elements at once; {@link #update} finishes them. */
    void updateWhole() {
        if (muon != null) {
            muon.run(rateFactor, gradientScale);
        }
        if (customUpdates.length > 0) {
            team.run(customUpdates.length, customJob);
        }
    }

    private void updateCustom(int task, int worker) {
        customUpdates[task].run(step, rateFactor, gradientScale);
    }

    /** Updates elements of a parameter from one on, counted from its own first. */
    void update(int parameter, int from, int length, int worker) {
        ruleOf[parameter].update(
                length, specs.get(parameter), states[parameter], starts[parameter] + from, from, kernels[worker]);
    }

    /** Almost always they are the same object, and comparing all of their lists would allocate. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isInUse(ParameterGroups next) {
        return next == groups || next.equals(groups);
    }

    /** Prepares the rules and the arrays of other optimizers than before. */
    private void use(ParameterGroups next) {
        next.requireFit(specs.stream().filter(spec -> !spec.frozen()).toList());
        Map<Optimizer, UpdateRule> created = new HashMap<>();
        UpdateRule[] chosen = new UpdateRule[specs.size()];
        for (int i = 0; i < chosen.length; i++) {
            Optimizer optimizer = next.optimizer(specs.get(i));
            chosen[i] = created.computeIfAbsent(optimizer, UpdateRule::of);
            if (specs.get(i).frozen()) {
                continue;
            }
            List<Shape> shapes = optimizer.stateShapes(specs.get(i));
            for (int order = 1; order <= shapes.size(); order++) {
                moment(i, order, Math.toIntExact(shapes.get(order - 1).elements()));
            }
        }
        rules = created.values().toArray(new UpdateRule[0]);
        ruleOf = chosen;
        List<MuonStep.Target> matrices = muonMatrices(next);
        muon = matrices.isEmpty() ? null : new MuonUpdate(matrices, team, kernels[0]);
        customUpdates = customUpdates(next).toArray(new CustomUpdate[0]);
        groups = next;
    }

    private List<CustomUpdate> customUpdates(ParameterGroups next) {
        List<CustomUpdate> updates = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            if (!specs.get(i).frozen() && next.optimizer(specs.get(i)) instanceof CustomOptimizer optimizer) {
                updates.add(new CustomUpdate(optimizer, specs.get(i), states[i], starts[i]));
            }
        }
        return updates;
    }

    private List<MuonStep.Target> muonMatrices(ParameterGroups next) {
        List<MuonStep.Target> matrices = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            if (!specs.get(i).frozen() && next.optimizer(specs.get(i)) instanceof Muon rule) {
                int columns = specs.get(i).shape().size(1);
                int row = 0;
                for (int rows : rule.rows(specs.get(i))) {
                    matrices.add(new MuonStep.Target(rule, states[i], starts[i] + row * columns, row, rows, columns));
                    row += rows;
                }
            }
        }
        return matrices;
    }

    /** An array that an optimizer keeps for a parameter, allocated on first use. */
    float[] moment(int parameter, int order, int length) {
        float[][] state = states[parameter];
        if (state.length < order + 2) {
            int before = state.length;
            state = Arrays.copyOf(state, order + 2);
            Arrays.fill(state, before, state.length, new float[0]);
            states[parameter] = state;
        }
        if (state[order + 1].length == 0) {
            state[order + 1] = new float[length];
        }
        if (state[order + 1].length != length) {
            throw new IllegalArgumentException("array " + order + " of the optimizer for parameter "
                    + specs.get(parameter).name() + " has " + state[order + 1].length + " elements, not " + length);
        }
        return state[order + 1];
    }
}
