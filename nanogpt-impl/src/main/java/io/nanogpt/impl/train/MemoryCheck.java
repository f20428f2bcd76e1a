package io.nanogpt.impl.train;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.graph.Shape;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BatchTooLargeException;
import io.nanogpt.spi.Collective;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.Muon;
import io.nanogpt.train.Optimizer;
import io.nanogpt.train.ParameterGroups;
import io.nanogpt.train.TrainingConfig;
import java.util.List;
import java.util.function.Supplier;

/** Rejects a run that cannot fit in memory, before any large allocation. */
final class MemoryCheck {
    private static final long MEGABYTE = 1_000_000;

    private final Backend backend;
    private final Graph logits;
    private final Graph training;
    private final Graph loss;
    private final TrainingConfig config;
    private final int context;

    MemoryCheck(Backend backend, Graph logits, TrainingConfig config, int context) {
        this.backend = backend;
        this.logits = logits;
        this.config = config;
        this.context = context;
        training = Gradients.training(logits);
        loss = Gradients.loss(logits);
    }

    /**
     * The bytes of weights, and for those that are trained of gradients, moments, the copies that the run keeps, the arrays of the
     * exchange between workers and what orthogonalizing the largest matrix takes, at four bytes a number.
     */
    static long modelBytes(TrainingConfig config, Graph logits) {
        ParameterGroups groups = config.optimization().groups();
        List<ParameterSpec> trained = logits.trainedParameters();
        long moments = moments(trained, groups);
        boolean alone = config.collective().isEmpty() && config.localSteps().isEmpty();
        int copies = 2;
        int momentCopies = 1;
        if (config.optimization().accumulate() > 1 && alone) {
            copies++;
        }
        boolean snapshot = hasSnapshot(config);
        if (snapshot && config.localSteps().isEmpty()) {
            copies++;
            momentCopies++;
        }
        if (config.averaging().isPresent()) {
            copies += snapshot ? 2 : 1;
        }
        if (config.evaluation().keepBest()) {
            copies++;
        }
        long count = trained.stream().mapToLong(ParameterSpec::elements).sum();
        long work = trained.stream()
                .mapToLong(parameter -> work(groups.optimizer(parameter), parameter))
                .max()
                .orElse(0);
        return Float.BYTES
                * (logits.parameterCount()
                        + count * (copies - 1)
                        + moments * momentCopies
                        + work
                        + (alone ? 0 : exchanged(config, trained)));
    }

    private static boolean hasSnapshot(TrainingConfig config) {
        return config.checkpoints().isPresent() || config.divergencePolicy().rollbacks() > 0;
    }

    private static long moments(List<ParameterSpec> trained, ParameterGroups groups) {
        return trained.stream()
                .flatMap(parameter -> groups.optimizer(parameter).stateShapes(parameter).stream())
                .mapToLong(Shape::elements)
                .sum();
    }

    /** The numbers of what a worker exchanges with others, and of its replicas. */
    private static long exchanged(TrainingConfig config, List<ParameterSpec> trained) {
        int size = config.collective().map(Collective::size).orElse(1);
        int rank = config.collective().map(Collective::rank).orElse(0);
        int batches = config.optimization().batches().most();
        if (config.localSteps().isEmpty()) {
            List<ParameterSpec> dense = SharedGradient.dense(trained);
            long count = dense.stream().mapToLong(ParameterSpec::elements).sum();
            // And an array for each size of a parameter.
            return SharedSum.elements(count, (batches + size - 1) / size, size)
                    + dense.stream()
                            .mapToLong(ParameterSpec::elements)
                            .distinct()
                            .sum();
        }
        long count = trained.stream().mapToLong(ParameterSpec::elements).sum();
        int replicas = Collective.begin(batches, rank + 1, size) - Collective.begin(batches, rank, size);
        long inner = moments(trained, config.optimization().groups());
        long model = count
                + moments(trained, ParameterGroups.of(config.localSteps().get().outer()));
        long kept = replicas == 1 ? count : replicas * (2 * count + inner);
        long snapshot = hasSnapshot(config) ? model + replicas * (count + inner) : 0;
        return SharedSum.elements(count, replicas, size) + model + kept + snapshot;
    }

    /** The numbers that a step needs beside those that it keeps. */
    private static long work(Optimizer optimizer, ParameterSpec parameter) {
        if (!(optimizer instanceof Muon muon)) {
            return 0;
        }
        long columns = parameter.shape().size(1);
        return muon.rows(parameter).stream()
                .mapToLong(rows -> {
                    long side = Math.min(rows, columns);
                    return 2 * rows * columns + 4 * side * side;
                })
                .max()
                .orElse(0);
    }

    /** Allocates the parameters, if the model fits. */
    ParameterStore allocate() {
        long needed = modelBytes(config, logits);
        long available = backend.memory().availableBytes();
        if (needed > available) {
            throw new BatchTooLargeException(
                    "weights, gradients and moments of " + logits.parameterCount() + " parameters need "
                            + megabytes(needed) + ", but there are only " + megabytes(available)
                            + "; " + backend.memory().advice() + ", or make the model smaller",
                    0);
        }
        return allocate(() -> backend.allocate(logits.parameters()));
    }

    /**
     * Runs an allocation that should fit, and turns an {@link OutOfMemoryError} into a {@link BatchTooLargeException}.
     */
    <T> T allocate(Supplier<T> allocation) {
        try {
            return allocation.get();
        } catch (OutOfMemoryError e) {
            BatchTooLargeException tooLarge = new BatchTooLargeException(
                    "a batch of " + config.batchSize() + " for a model of " + logits.parameterCount()
                            + " parameters does not fit into memory beside the program's other data; "
                            + backend.memory().advice() + ", or make the batch or the model smaller",
                    config.batchSize() / 2);
            tooLarge.initCause(e);
            throw tooLarge;
        }
    }

    /** Checks that the run fits with its activations. */
    void requireFit(ParameterStore parameters) {
        long model = modelBytes(config, logits) - Float.BYTES * logits.parameterCount();
        int batch = config.batchSize();
        long needed = model + activations(parameters, batch);
        long available = backend.memory().availableBytes();
        if (needed <= available) {
            return;
        }
        int fitting = largestBatch(parameters, available - model);
        throw new BatchTooLargeException(
                "a batch of " + batch + " needs " + megabytes(needed) + " more memory, but"
                        + " there are only " + megabytes(available) + "; "
                        + (fitting > 0
                                ? "a batch of " + fitting + " would fit, and accumulate("
                                        + (batch + fitting - 1) / fitting
                                        + ") gives about the same effective batch size"
                                : "not even a batch of 1 would fit: make the model or its context smaller")
                        + ", or " + backend.memory().advice(),
                fitting);
    }

    private int largestBatch(ParameterStore parameters, long bytes) {
        int fits = 0;
        int tooLarge = config.batchSize();
        while (tooLarge - fits > 1) {
            int middle = fits + (tooLarge - fits) / 2;
            if (activations(parameters, middle) <= bytes) {
                fits = middle;
            } else {
                tooLarge = middle;
            }
        }
        return fits;
    }

    private long activations(ParameterStore parameters, int batch) {
        int pieces = config.optimization().batches().pieces(0);
        long cut = pieces == 1 ? 0 : backend.executableBytes(training, parameters, batch * pieces, context / pieces);
        return backend.executableBytes(training, parameters, batch, context)
                + cut
                + backend.executableBytes(loss, parameters, batch, context);
    }

    private static String megabytes(long bytes) {
        return (bytes + MEGABYTE - 1) / MEGABYTE + " MB";
    }
}
