package io.nanogpt.impl.cpu;

import java.util.List;
import java.util.Map;

/**
 * A compiled graph.
 *
 * @param inputs names of the run-time inputs, in the order of {@link MicroBatch#inputs}
 * @param operations run in order on every micro-batch, independently of other micro-batches
 * @param weightRounds run after the operations of a group of micro-batches; the tasks of a round are independent
 * @param outputs offset in the arena and width of every output with a row per token
 * @param states the arrays of the state of a sequence that is decoded
 * @param arenaSize floats of the arena of a micro-batch
 * @param scratchSize floats of the scratch memory of a thread; operations may begin at {@link CacheLines#FIRST}
 * @param zeroSize zeros that kernels may read
 */
record Plan(
        List<String> inputs,
        List<Operation> operations,
        List<List<WeightGradientTasks.Task>> weightRounds,
        Map<String, Output> outputs,
        List<SequenceState.Spec> states,
        int arenaSize,
        int scratchSize,
        int zeroSize) {
    /**
     * The rows of an output in the arena.
     *
     * @param ends whether there is a row for each sequence that is decoded, in place of one for each token
     */
    record Output(int offset, int width, boolean ends) {}
}
