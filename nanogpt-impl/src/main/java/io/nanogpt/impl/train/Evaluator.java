package io.nanogpt.impl.train;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.Evaluation;
import io.nanogpt.graph.Graph;
import io.nanogpt.impl.data.Batches;
import io.nanogpt.spi.Executable;
import java.util.OptionalDouble;

/**
 * Mean loss over random batches of both splits, or over the whole validation split. Random batches depend on the seed
 * and the step alone: every evaluation draws fresh ones, and two runs draw the same.
 */
final class Evaluator {
    /** After an interrupt, evaluations end at this many batches, so that Ctrl-C does not wait for long. */
    private static final int INTERRUPTED_BATCHES = 8;

    private final Executable executable;
    private final EvaluatedSplit train;
    private final EvaluatedSplit validation;
    private final int batches;
    private final OptionalDouble tokensPerByte;
    private final BatchInputs inputs;
    private final Workers workers;

    /**
     * What is evaluated.
     *
     * @param tokensPerByte of the validation examples
     */
    record Splits(EvaluatedSplit train, EvaluatedSplit validation, OptionalDouble tokensPerByte) {}

    /**
     * @param batches the number per evaluation and split, if they are random
     */
    Evaluator(Executable executable, Splits splits, int batches, BatchInputs inputs, Workers workers) {
        this.executable = executable;
        train = splits.train();
        validation = splits.validation();
        tokensPerByte = splits.tokensPerByte();
        this.batches = batches;
        this.inputs = inputs;
        this.workers = workers;
    }

    double trainLoss(int step) {
        return workers.fromFirst(() -> mean(train, step));
    }

    double validationLoss(int step) {
        return workers.fromFirst(() -> mean(validation, step));
    }

    /** A validation loss in bits per byte, where the text is known. */
    OptionalDouble bitsPerByte(double validationLoss) {
        return Evaluation.bitsPerByte(validationLoss, tokensPerByte);
    }

    /** The number of batches of one evaluation, of both splits. */
    long batchesPerEvaluation() {
        return train.count(batches) + validation.count(batches);
    }

    /** A fingerprint of the validation examples. */
    String fingerprint() {
        return validation.fingerprint();
    }

    /**
     * Checks that a resumed run was evaluated on the same examples.
     *
     * @throws NanogptException if it was not
     */
    void requireSame(String fingerprint) {
        if (!fingerprint.equals(fingerprint())) {
            throw new NanogptException("the run to be resumed was evaluated on other validation data (" + fingerprint
                    + ") than these (" + fingerprint() + "); give the same text and split");
        }
    }

    /** Evaluates one batch, to measure its duration. */
    void rehearse() {
        loss(train.parts().get(0).batches(), 0);
    }

    private double mean(EvaluatedSplit split, int step) {
        double mean = 0;
        for (EvaluatedSplit.Part part : split.parts()) {
            mean += part.share() * (split.whole() ? wholeMean(part.batches()) : randomMean(part.batches(), step));
        }
        return mean;
    }

    private double randomMean(Batches split, int step) {
        double sum = 0;
        int done = 0;
        while (done < batches
                && (done < INTERRUPTED_BATCHES || !Thread.currentThread().isInterrupted())) {
            sum += loss(split, (long) step * batches + done);
            done++;
        }
        return sum / done;
    }

    /** Weights each batch by its number of targets, so that the padding of the last one has no effect. */
    private double wholeMean(Batches split) {
        double sum = 0;
        long predicted = 0;
        long count = split.count();
        for (long index = 0; index < count; index++) {
            if (index >= INTERRUPTED_BATCHES && Thread.currentThread().isInterrupted()) {
                break;
            }
            float loss = loss(split, index);
            int targetCount = inputs.predicted();
            sum += targetCount == 0 ? 0 : (double) loss * targetCount;
            predicted += targetCount;
        }
        return sum / predicted;
    }

    private float loss(Batches split, long index) {
        inputs.feed(split, index, executable);
        executable.run(0); // An inference graph has no dropout, so the key is unused.
        return executable.scalar(Graph.LOSS);
    }
}
