package io.nanogpt.impl.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What runs read and write for a number of sequences and of tokens of each, apart from the state: ids, positions and
 * lengths, and the logits. Native code uses the memory in place, so that one object serves run after run.
 */
final class RunInputs implements AutoCloseable {
    private final OnnxSession session;
    private final int tokens;
    private final int selected;
    private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    private final List<OnnxTensor> open = new ArrayList<>();
    private final ByteBuffer ids;
    private final ByteBuffer positions;
    private final ByteBuffer lengths;
    private final ByteBuffer total;
    private final FloatBuffer logits;
    private final OnnxTensor result;

    /**
     * Memory for runs.
     *
     * @param sequences B
     * @param tokens T of each sequence
     * @param selected for how many tokens of each there are logits, {@code (B, selected, vocabulary)}: see {@link
     *     #selected}
     * @param rows memory for the logits
     */
    RunInputs(OnnxSession session, int sequences, int tokens, int selected, ByteBuffer rows) {
        this.session = session;
        this.tokens = tokens;
        this.selected = selected;
        ids = OnnxSession.buffer((long) sequences * tokens, Long.BYTES);
        positions = OnnxSession.buffer((long) sequences * tokens, Long.BYTES);
        lengths = OnnxSession.buffer(sequences, Integer.BYTES);
        total = OnnxSession.buffer(1, Integer.BYTES);
        logits = rows.asFloatBuffer();
        add(GraphSignature.INPUT_IDS, ids, OnnxJavaType.INT64, sequences, tokens);
        add(GraphSignature.POSITION_IDS, positions, OnnxJavaType.INT64, sequences, tokens);
        add(GraphSignature.SEQUENCE_LENGTHS, lengths, OnnxJavaType.INT32, sequences);
        add(GraphSignature.TOTAL_LENGTH, total, OnnxJavaType.INT32);
        ByteBuffer last = OnnxSession.buffer(selected, Long.BYTES);
        for (int i = 0; i < selected; i++) {
            last.putLong(i * Long.BYTES, tokens - selected + i);
        }
        add(GraphSignature.LOGITS_POSITIONS, last, OnnxJavaType.INT64, selected);
        ByteBuffer runLengths = OnnxSession.buffer(sequences, Integer.BYTES);
        for (int i = 0; i < sequences; i++) {
            runLengths.putInt(i * Integer.BYTES, tokens);
        }
        add(GraphSignature.RUN_LENGTHS, runLengths, OnnxJavaType.INT32, sequences);
        result = session.tensor(rows, OnnxJavaType.FLOAT, sequences, selected, session.vocabularySize());
        open.add(result);
    }

    /** The tokens with logits, where only those of the last are needed: some graphs compute those of all. */
    static int selected(OnnxSession session, int tokens) {
        return session.reads(GraphSignature.LOGITS_POSITIONS) ? 1 : tokens;
    }

    private void add(String name, ByteBuffer values, OnnxJavaType type, long... shape) {
        if (session.reads(name)) {
            OnnxTensor tensor = session.tensor(values, type, shape);
            tensors.put(name, tensor);
            open.add(tensor);
        }
    }

    /** Sets the tokens of a sequence, which has {@code length} before them. */
    void set(int sequence, int[] from, int first, int length) {
        for (int i = 0; i < tokens; i++) {
            int at = (sequence * tokens + i) * Long.BYTES;
            ids.putLong(at, from[first + i]);
            positions.putLong(at, length + i);
        }
        lengths.putInt(sequence * Integer.BYTES, length + tokens - 1);
    }

    /** Sets the number of tokens of the longest sequence, these included. */
    void setTotal(int length) {
        total.putInt(0, length);
    }

    /** The inputs of a graph, by name. */
    Map<String, OnnxTensor> tensors() {
        return tensors;
    }

    /** The output {@code logits}. */
    OnnxTensor result() {
        return result;
    }

    /** Copies the logits after the last token of a sequence. */
    void read(int sequence, float[] destination) {
        logits.get((sequence * selected + selected - 1) * destination.length, destination);
    }

    /** The logits of all sequences, one row after another. */
    FloatBuffer logits() {
        return logits.duplicate();
    }

    @Override
    public void close() {
        open.forEach(OnnxTensor::close);
    }
}
