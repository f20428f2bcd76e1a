package io.nanogpt.impl.cpu;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The matrices of a store that Muon updates. If they are many, each thread updates whole ones; otherwise all threads
 * work on one after the other. Either gives the same bits, because no sum depends on which thread computes it.
 */
final class MuonUpdate {
    private final ThreadTeam team;
    private final MuonStep.Target[] targets;
    private final boolean many;
    private final MuonStep[] steps;
    private final MuonStep.Runner[] runners;
    private final ThreadTeam.Job wholeJob = this::whole;
    private double rateFactor;
    private double gradientScale;

    /** Of at least one matrix. */
    MuonUpdate(List<MuonStep.Target> matrices, ThreadTeam team, Kernels kernels) {
        this.team = team;
        // The largest first, so that all threads finish together.
        targets = matrices.stream()
                .sorted(Comparator.comparingLong(MuonUpdate::work).reversed())
                .toArray(MuonStep.Target[]::new);
        MuonStep.Sizes most = new MuonStep.Sizes(
                matrices.stream().mapToInt(MuonStep.Target::length).max().orElseThrow(),
                matrices.stream().mapToInt(MuonStep.Target::side).max().orElseThrow());
        int width = kernels.panelWidth();
        Worker[] workers = new Worker[team.size()];
        Arrays.setAll(workers, i -> new Worker(kernels, 0, width));
        MuonStep.Rows[] scratch = new MuonStep.Rows[team.size()];
        Arrays.setAll(scratch, i -> new MuonStep.Rows(most.length()));
        many = team.size() == 1 || targets.length >= 2 * team.size();
        steps = new MuonStep[many ? team.size() : 1];
        runners = new MuonStep.Runner[steps.length];
        for (int i = 0; i < steps.length; i++) {
            int worker = i;
            steps[i] = new MuonStep(workers, scratch, width, targets[0], most);
            runners[i] = many ? (count, job) -> runHere(count, job, worker) : team::run;
        }
    }

    private static long work(MuonStep.Target target) {
        return (long) target.side() * target.side() * (target.length() + 4L * target.side());
    }

    private static void runHere(int count, ThreadTeam.Job job, int worker) {
        for (int task = 0; task < count; task++) {
            job.run(task, worker);
        }
    }

    /** Updates all matrices. */
    void run(double factor, double scale) {
        rateFactor = factor;
        gradientScale = scale;
        if (many) {
            team.run(targets.length, wholeJob);
            return;
        }
        for (MuonStep.Target target : targets) {
            steps[0].run(target, factor, scale, runners[0]);
        }
    }

    private void whole(int task, int worker) {
        steps[worker].run(targets[task], rateFactor, gradientScale, runners[worker]);
    }
}
