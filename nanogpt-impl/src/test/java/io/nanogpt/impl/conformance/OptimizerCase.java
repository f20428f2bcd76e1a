package io.nanogpt.impl.conformance;

import io.nanogpt.train.AdamW;
import io.nanogpt.train.Muon;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.ParameterSelector;
import io.nanogpt.train.Schedule;
import io.nanogpt.train.Sgd;
import java.util.ArrayList;
import java.util.List;

/**
 * Ten steps that PyTorch took.
 *
 * @param name in the fixture
 * @param clip the most norm of the gradients
 * @param parts batches that a step accumulates
 */
record OptimizerCase(String name, ParameterGroups groups, Schedule schedule, double clip, int parts) {
    private static final double NONE = Double.POSITIVE_INFINITY;

    private OptimizerCase(String name, Optimizer optimizer, Schedule schedule, double clip, int parts) {
        this(name, ParameterGroups.of(optimizer), schedule, clip, parts);
    }

    /** Muon for the matrices of the blocks. */
    private static OptimizerCase muon(String name, Muon muon) {
        ParameterGroups groups =
                ParameterGroups.of(AdamW.defaults().withLearningRate(1e-2)).with(ParameterSelector.hidden(), muon);
        return new OptimizerCase(name, groups, Schedule.constant(), NONE, 1);
    }

    private static List<OptimizerCase> ofMuon() {
        AdamW slow = AdamW.defaults().withLearningRate(3e-3);
        ParameterGroups groups = ParameterGroups.of(slow)
                .with(ParameterSelector.hidden(), Muon.defaults())
                .with(
                        ParameterSelector.named("*_emb.*"),
                        slow.withLearningRate(1e-2).withBetas(0.9, 0.95).withWeightDecay(0))
                .with(ParameterSelector.head(), Sgd.of(0.1).withMomentum(0.9));
        return List.of(
                muon("muon", Muon.defaults()),
                muon(
                        "muon-decay",
                        Muon.defaults()
                                .withIterations(Muon.Coefficients.POLAR_EXPRESS, 5)
                                .withWeightDecay(0.1)),
                muon("muon-cautious", Muon.defaults().withWeightDecay(0.1).withCautious(true)),
                muon(
                        "normuon",
                        Muon.defaults()
                                .withIterations(Muon.Coefficients.POLAR_EXPRESS, 5)
                                .withNormalizedRows(true)),
                muon("muon-pytorch", Muon.pytorch().withLearningRate(0.02)),
                muon(
                        "muon-pytorch-adamw",
                        Muon.pytorch()
                                .withLearningRate(2e-3)
                                .withScale(Muon.Scale.ADAMW)
                                .withNesterov(false)),
                new OptimizerCase("groups", groups, Schedule.inverseSquareRoot(0), 0.5, 1));
    }

    /** All that there are. */
    static List<OptimizerCase> all() {
        AdamW adamW = AdamW.defaults().withLearningRate(1e-2);
        List<OptimizerCase> cases = new ArrayList<>(ofMuon());
        cases.addAll(List.of(
                new OptimizerCase("sgd", Sgd.of(0.1), Schedule.constant(), NONE, 1),
                new OptimizerCase("sgd-decay", Sgd.of(0.1).withWeightDecay(0.1), Schedule.constant(), NONE, 1),
                new OptimizerCase("sgd-momentum", Sgd.of(0.05).withMomentum(0.9), Schedule.constant(), NONE, 1),
                new OptimizerCase("sgd-nesterov", new Sgd(0.05, 0.9, 0.01, true), Schedule.constant(), NONE, 1),
                new OptimizerCase("sgd-root", Sgd.of(0.3), Schedule.inverseSquareRoot(0), NONE, 1),
                new OptimizerCase("sgd-clip", Sgd.of(0.1), Schedule.constant(), 0.5, 1),
                new OptimizerCase("adamw-clip", adamW, Schedule.constant(), 0.5, 1),
                new OptimizerCase("adamw-accumulate", adamW, Schedule.constant(), 0.5, 2),
                // Accumulated gradients equal those of one large batch.
                new OptimizerCase("adamw-clip", adamW, Schedule.constant(), 0.5, 4)));
        return cases;
    }
}
