package io.nanogpt.impl.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.nanogpt.spi.Decoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes with a session. Token ids, logits and shared caches are in memory that native code reads and writes in place;
 * caches that grow are passed from the outputs of one run to the inputs of the next.
 */
final class OnnxDecoder implements Decoder {
    private final OnnxSession session;
    /** The most tokens of one run. */
    private final int room;

    private final int capacity;
    private final Memory memory = new Memory();
    private final Consumer<Runnable> release;
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
    /** Inputs of the caches that grow, by the name of their output. */
    private final Map<String, String> handedOn = new LinkedHashMap<>();

    private final Set<String> requested = new LinkedHashSet<>();
    private final Map<String, OnnxTensor> initial = new HashMap<>();

    private final ByteBuffer ids;
    private final ByteBuffer positions;
    private final ByteBuffer selected;
    private final ByteBuffer lengths;
    private final ByteBuffer total;
    private final ByteBuffer runLength;
    private final ByteBuffer mask;
    private final FloatBuffer logits;
    private final OnnxTensor oneId;
    private final OnnxTensor onePosition;
    private final OnnxTensor oneSelected;
    private final OnnxTensor oneLogits;
    private int length;

    /**
     * A decoder.
     *
     * @param contextLength the most tokens of one run, and of the caches
     * @param unbounded whether the model's state has a fixed size, so that runs may follow one another without end
     * @param release frees the decoder's memory, which is handed over
     */
    OnnxDecoder(OnnxSession session, int contextLength, boolean unbounded, Consumer<Runnable> release) {
        this.release = release;
        this.session = session;
        room = contextLength;
        capacity = unbounded ? Integer.MAX_VALUE : contextLength;
        ids = OnnxSession.buffer(room, Long.BYTES);
        positions = OnnxSession.buffer(room, Long.BYTES);
        selected = OnnxSession.buffer(room, Long.BYTES);
        lengths = OnnxSession.buffer(1, Integer.BYTES);
        total = OnnxSession.buffer(1, Integer.BYTES);
        runLength = OnnxSession.buffer(1, Integer.BYTES);
        mask = OnnxSession.buffer(room, Long.BYTES);
        LongBuffer ones = mask.asLongBuffer();
        while (ones.hasRemaining()) {
            ones.put(1);
        }
        ByteBuffer row = OnnxSession.buffer(session.vocabularySize(), Float.BYTES);
        logits = row.asFloatBuffer();
        oneId = memory.keep(longs(ids, 1, 1, 1));
        onePosition = memory.keep(longs(positions, 1, 1, 1));
        oneSelected = memory.keep(longs(selected, 1, 1));
        oneLogits = memory.keep(session.tensor(row, OnnxJavaType.FLOAT, 1, 1, session.vocabularySize()));
        if (session.reads(GraphSignature.SEQUENCE_LENGTHS)) {
            inputs.put(GraphSignature.SEQUENCE_LENGTHS, memory.keep(session.tensor(lengths, OnnxJavaType.INT32, 1)));
            inputs.put(GraphSignature.TOTAL_LENGTH, memory.keep(session.tensor(total, OnnxJavaType.INT32)));
        }
        if (session.reads(GraphSignature.RUN_LENGTHS)) {
            inputs.put(GraphSignature.RUN_LENGTHS, memory.keep(session.tensor(runLength, OnnxJavaType.INT32, 1)));
        }
        session.caches().forEach(this::addCache);
    }

    private void addCache(OnnxSession.CacheInfo cache) {
        long[] shape = cache.shape(room);
        // One that no long holds is refused as too large, like one that no buffer holds.
        double product = Arrays.stream(shape).asDoubleStream().reduce(1, (one, other) -> one * other);
        long elements = (long) product;
        ByteBuffer buffer = OnnxSession.buffer(Math.max(1, elements), cache.type().size);
        buffer.limit(Math.toIntExact(elements * cache.type().size));
        OnnxTensor tensor = memory.keep(session.tensor(buffer, cache.type(), shape));
        inputs.put(cache.past(), tensor);
        if (cache.shared()) {
            pinned.put(cache.present(), tensor);
        } else {
            initial.put(cache.past(), tensor);
            handedOn.put(cache.present(), cache.past());
            requested.add(cache.present());
        }
    }

    @Override
    public int contextLength() {
        return capacity;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void reset() {
        length = 0;
        inputs.putAll(initial);
        memory.replace(null);
    }

    @Override
    public void feed(int[] tokens, int from, int count, float[] destination) {
        if (destination.length != session.vocabularySize()) {
            throw new IllegalArgumentException(
                    "there are " + session.vocabularySize() + " logits, but the array has " + destination.length);
        }
        checkRoom(count);
        if (count > 1 && !session.reads(GraphSignature.LOGITS_POSITIONS)) {
            // This graph computes the logits of every token, of which only the last row is needed.
            FloatBuffer all = FloatBuffer.allocate(Math.multiplyExact(count, destination.length));
            feedAll(tokens, from, count, all);
            all.get((count - 1) * destination.length, destination);
            return;
        }
        for (int fed = 0; fed < count; fed += room) {
            int piece = Math.min(room, count - fed);
            selected.putLong(0, piece - 1);
            run(tokens, from + fed, piece, oneSelected, oneLogits);
        }
        logits.get(0, destination);
    }

    /** Appends tokens, at most a context of them, and computes the logits after each, one row after another. */
    void feedAll(int[] tokens, int from, int count, FloatBuffer destination) {
        checkRoom(count);
        memory.requireOpen();
        for (int i = 0; i < count; i++) {
            selected.putLong(i * Long.BYTES, i);
        }
        ByteBuffer rows = OnnxSession.buffer((long) count * session.vocabularySize(), Float.BYTES);
        try (OnnxTensor all = longs(selected, count, count);
                OnnxTensor result = session.tensor(rows, OnnxJavaType.FLOAT, 1, count, session.vocabularySize())) {
            run(tokens, from, count, all, result);
        }
        destination.put(rows.asFloatBuffer());
    }

    @Override
    public void close() {
        release.accept(memory);
    }

    private void checkRoom(int count) {
        if (count < 1 || count > capacity - length) {
            throw new IllegalStateException("cannot feed " + count + " tokens after " + length + " to a cache of "
                    + capacity + "; reset it first");
        }
    }

    private void run(int[] tokens, int from, int count, OnnxTensor rows, OnnxTensor result) {
        memory.requireOpen();
        for (int i = 0; i < count; i++) {
            ids.putLong(i * Long.BYTES, tokens[from + i]);
            positions.putLong(i * Long.BYTES, length + i);
        }
        int end = length + count;
        lengths.putInt(0, end - 1);
        total.putInt(0, end);
        runLength.putInt(0, count);
        List<OnnxTensor> temporary = new ArrayList<>();
        put(GraphSignature.INPUT_IDS, count == 1 ? oneId : keep(temporary, longs(ids, count, 1, count)));
        put(GraphSignature.POSITION_IDS, count == 1 ? onePosition : keep(temporary, longs(positions, count, 1, count)));
        put(GraphSignature.LOGITS_POSITIONS, rows);
        if (session.reads(GraphSignature.ATTENTION_MASK)) {
            put(GraphSignature.ATTENTION_MASK, keep(temporary, longs(mask, end, 1, end)));
        }
        pinned.put(GraphSignature.LOGITS, result);
        try {
            handOn(session.session().run(inputs, requested, pinned));
        } catch (OrtException e) {
            throw OnnxSession.failed(e);
        } finally {
            temporary.forEach(OnnxTensor::close);
        }
        length = end;
    }

    private void put(String input, OnnxTensor tensor) {
        if (session.reads(input)) {
            inputs.put(input, tensor);
        }
    }

    private static OnnxTensor keep(List<OnnxTensor> list, OnnxTensor tensor) {
        list.add(tensor);
        return tensor;
    }

    private void handOn(OrtSession.Result result) {
        if (handedOn.isEmpty()) {
            result.close();
            return;
        }
        for (Map.Entry<String, OnnxValue> output : result) {
            String past = handedOn.get(output.getKey());
            if (past != null) {
                inputs.put(past, (OnnxTensor) output.getValue());
            }
        }
        memory.replace(result);
    }

    private OnnxTensor longs(ByteBuffer buffer, int count, long... shape) {
        return session.tensor(
                buffer.slice(0, count * Long.BYTES).order(ByteOrder.nativeOrder()), OnnxJavaType.INT64, shape);
    }

    /** The native memory to free once the decoder is unreachable. Holds no reference to the decoder. */
    Runnable memory() {
        return memory;
    }

    private static final class Memory implements Runnable {
        private final List<OnnxTensor> tensors = new ArrayList<>();
        private OrtSession.@Nullable Result last;
        private volatile boolean freed;

        /** Native code must never see memory that is free. */
        void requireOpen() {
            if (freed) {
                throw new IllegalStateException("this decoder, or its backend, is closed");
            }
        }

        OnnxTensor keep(OnnxTensor tensor) {
            tensors.add(tensor);
            return tensor;
        }

        /** Frees the outputs of the previous run. */
        void replace(OrtSession.@Nullable Result result) {
            if (last != null) {
                last.close();
            }
            last = result;
        }

        @Override
        public void run() {
            freed = true;
            replace(null);
            tensors.forEach(OnnxTensor::close);
            tensors.clear();
        }
    }
}
