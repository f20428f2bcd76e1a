package io.nanogpt.impl.cpu;

import java.util.List;
import java.util.Map;

/**
 * A compiled graph.
 *
 * @param inputs names of the run-time inputs, in the order of {@link MicroBatch#inputs}
 * @param operations run on every slice, in order, without waiting for other slices
 * @param weightRounds run after all slices; the tasks of a round are independent of each other
 * @param outputs place in the arena and width of every output with a row per token
 * @param arenaSize floats of a slice's arena
 * @param scratchSize floats of a thread's scratch space
 * @param zeroSize zeros that kernels may read
 */
record Plan(
        List<String> inputs,
        List<Operation> operations,
        List<List<WeightGradientTask>> weightRounds,
        Map<String, Output> outputs,
        int arenaSize,
        int scratchSize,
        int zeroSize) {
    /** Where an output's rows lie. */
    record Output(int offset, int width) {}
}
