package io.nanogpt.impl.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of the sequences that are fed together, as tensors with a row for each. Shared caches are memory that native
 * code reads and writes in place, with room for the whole context; others are passed from the outputs of one run to the
 * inputs of the next.
 *
 * <p>Sequences of unequal lengths that begin a batch are padded to the longest: each has {@code head} tokens, then a gap
 * up to {@code start}, then those that were fed since.
 */
final class BatchState {
    private static final byte[] ZEROS = new byte[1 << 16];

    private final OnnxSession session;
    private final int room;
    private final NativeMemory memory;
    private final List<OnnxSession.CacheInfo> caches;
    private final List<SequenceRows> rows = new ArrayList<>();
    private final boolean shared;
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
    /** Inputs of the states that are handed on, by the name of their output. */
    private final Map<String, String> handedOn = new LinkedHashMap<>();

    /** Memory for each state: that of a shared cache, or with which a batch begins. */
    private final List<ByteBuffer> buffers = new ArrayList<>();

    private final List<OnnxTensor> initial = new ArrayList<>();
    private OrtSession.@Nullable Result last;
    private int[] heads = {};
    private int start;
    private int tail;

    /**
     * A state without sequences.
     *
     * @param room the most tokens of a sequence
     */
    BatchState(OnnxSession session, int room, NativeMemory memory) {
        this.session = session;
        this.room = room;
        this.memory = memory;
        caches = session.caches();
        shared = caches.stream().anyMatch(OnnxSession.CacheInfo::shared);
        for (OnnxSession.CacheInfo cache : caches) {
            rows.add(new SequenceRows(cache));
            if (!cache.shared()) {
                handedOn.put(cache.present(), cache.past());
            }
        }
    }

    /**
     * A sequence outside a batch.
     *
     * @param length its tokens
     * @param parts its part of each state; none if it has no tokens
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stored(int length, List<byte[]> parts) {
        static final Stored EMPTY = new Stored(0, List.of());
    }

    /** Whether native code writes the caches in place. */
    boolean isShared() {
        return shared;
    }

    /** The bytes of a sequence of so many tokens. */
    long bytes(int tokens) {
        return rows.stream().mapToLong(row -> row.bytes(tokens)).sum();
    }

    /** The state of a sequence after the first of its tokens, or null if it is known after all alone. */
    @Nullable
    Stored first(Stored stored, int count) {
        if (count == stored.length) {
            return stored;
        }
        if (count == 0) {
            return Stored.EMPTY;
        }
        if (!caches.stream().allMatch(OnnxSession.CacheInfo::holdsTokens)) {
            return null;
        }
        List<byte[]> parts = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            parts.add(rows.get(i).first(stored.parts.get(i), stored.length, count));
        }
        return new Stored(count, parts);
    }

    /** Begins a batch of sequences; what is in the state is lost. */
    void begin(List<Stored> sequences) {
        clear();
        heads = sequences.stream().mapToInt(Stored::length).toArray();
        for (int head : heads) {
            start = Math.max(start, head);
        }
        for (int i = 0; i < caches.size(); i++) {
            OnnxSession.CacheInfo cache = caches.get(i);
            long[] shape = cache.shape(heads.length, cache.shared() ? room : start);
            long bytes = Math.multiplyExact(heads.length, rows.get(i).bytes(cache.shared() ? room : start));
            ByteBuffer buffer = buffer(i, cache, bytes);
            for (int sequence = 0; sequence < heads.length; sequence++) {
                Stored stored = sequences.get(sequence);
                if (stored.length > 0) {
                    rows.get(i).put(stored.parts.get(i), stored.length, buffer, sequence, roomOf(cache));
                }
            }
            OnnxTensor tensor = session.tensor(buffer, cache.type(), shape);
            initial.add(memory.keep(tensor, tensor::close));
            inputs.put(cache.past(), tensor);
            if (cache.shared()) {
                outputs.put(cache.present(), tensor);
            }
        }
    }

    /** Memory for a state, filled with zeros but for a shared cache, of which only the tokens are read. */
    private ByteBuffer buffer(int index, OnnxSession.CacheInfo cache, long bytes) {
        ByteBuffer buffer = index < buffers.size() ? buffers.get(index) : null;
        if (buffer == null || buffer.capacity() < bytes) {
            // A batch of growing caches is likely to begin again with longer ones.
            buffer = OnnxSession.buffer(Math.max(1, cache.shared() ? bytes : bytes + bytes / 2), 1);
            if (index < buffers.size()) {
                buffers.set(index, buffer);
            } else {
                buffers.add(buffer);
            }
        } else if (!cache.shared()) {
            for (int at = 0; at < bytes; at += ZEROS.length) {
                buffer.limit(buffer.capacity()).put(at, ZEROS, 0, (int) Math.min(ZEROS.length, bytes - at));
            }
        }
        return buffer.limit(Math.toIntExact(bytes));
    }

    private int roomOf(OnnxSession.CacheInfo cache) {
        return cache.shared() ? room : start + (last == null ? 0 : tail);
    }

    /** The state of some sequences, by their places in the batch. */
    List<Stored> take(List<Integer> wanted) {
        List<List<byte[]>> taken = new ArrayList<>();
        wanted.forEach(sequence -> taken.add(new ArrayList<>()));
        for (int i = 0; i < caches.size(); i++) {
            OnnxSession.CacheInfo cache = caches.get(i);
            ByteBuffer buffer = cache.shared() || last == null
                    ? buffers.get(i)
                    : Objects.requireNonNull(inputs.get(cache.past())).getByteBuffer();
            for (int k = 0; k < taken.size(); k++) {
                int sequence = wanted.get(k);
                SequenceRows.Place place = cache.shared()
                        ? new SequenceRows.Place(heads[sequence] + tail, 0, 0)
                        : new SequenceRows.Place(heads[sequence], start, tail);
                taken.get(k).add(rows.get(i).take(buffer, sequence, roomOf(cache), place));
            }
        }
        List<Stored> sequences = new ArrayList<>();
        for (int k = 0; k < taken.size(); k++) {
            int length = heads[wanted.get(k)] + tail;
            sequences.add(length == 0 ? Stored.EMPTY : new Stored(length, taken.get(k)));
        }
        return sequences;
    }

    /** Ends the batch. */
    void clear() {
        initial.forEach(memory::free);
        initial.clear();
        if (last != null) {
            memory.free(last);
            last = null;
        }
        inputs.clear();
        outputs.clear();
        heads = new int[0];
        start = 0;
        tail = 0;
    }

    /** The tokens of the longest sequence, with so many more. */
    int total(int more) {
        return start + tail + more;
    }

    /** Writes the mask for a run of some tokens, {@code (B, total)}: 1 for a token, 0 for padding. */
    void mask(int tokens, ByteBuffer mask) {
        int total = total(tokens);
        for (int sequence = 0; sequence < heads.length; sequence++) {
            int row = sequence * total;
            for (int i = 0; i < total; i++) {
                boolean real = shared ? i < heads[sequence] + tail + tokens : i < heads[sequence] || i >= start;
                mask.putLong((row + i) * Long.BYTES, real ? 1 : 0);
            }
        }
    }

    /**
     * Runs the graph with some new tokens of each sequence.
     *
     * @param masked the mask, where the graph reads one
     */
    void run(RunInputs given, @Nullable OnnxTensor masked, int tokens) throws OrtException {
        inputs.putAll(given.tensors());
        if (masked != null) {
            inputs.put(GraphSignature.ATTENTION_MASK, masked);
        }
        outputs.put(GraphSignature.LOGITS, given.result());
        OrtSession.Result result = session.session().run(inputs, handedOn.keySet(), outputs);
        tail += tokens;
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
        if (last != null) {
            memory.free(last);
        }
        last = memory.keep(result, result::close);
    }
}
