package io.nanogpt.impl.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.nanogpt.impl.onnx.BatchState.Stored;
import io.nanogpt.spi.BatchDecoder;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decodes sequences with a session. Those with equally many new tokens are fed in one run; several tokens of a sequence
 * with a shared cache are fed by themselves, unless all sequences of the run begin. As long as the same sequences are
 * fed, their state stays where it is; where others join or leave, it is copied.
 */
final class OnnxBatchDecoder implements BatchDecoder {
    private static final Slot GONE = new Slot();
    /** Tokens of a run of several tokens of each sequence, about: some graphs compute the logits of all. */
    private static final int RUN_TOKENS = 256;

    private final OnnxSession session;
    /** The most tokens of one run. */
    private final int room;

    private final int capacity;
    private final NativeMemory memory = new NativeMemory();
    private final Consumer<Runnable> release;
    private final BatchState state;
    private Slot[] slots = {};
    /** The sequences of the state, in its order; {@link #GONE} in place of those that were reset meanwhile. */
    private final List<Slot> seated = new ArrayList<>();

    /** Of runs with one token for each of the seated sequences. */
    private @Nullable RunInputs step;

    private int stepRows;
    private ByteBuffer mask = OnnxSession.buffer(1, Long.BYTES);
    private ByteBuffer logits = OnnxSession.buffer(1, Float.BYTES);

    private static final class Slot {
        /** Its tokens outside the batch. */
        Stored stored = Stored.EMPTY;
        /** Its tokens. */
        int length;
    }

    /**
     * A decoder.
     *
     * @param contextLength the most tokens of one run, and of the caches
     * @param unbounded whether the model's state has a fixed size, so that runs may follow one another without end
     * @param release frees the decoder's memory, which is handed over
     */
    OnnxBatchDecoder(OnnxSession session, int contextLength, boolean unbounded, Consumer<Runnable> release) {
        this.session = session;
        this.release = release;
        room = contextLength;
        capacity = unbounded ? Integer.MAX_VALUE : contextLength;
        state = new BatchState(session, room, memory);
    }

    /** The native memory to free once the decoder is unreachable. Holds no reference to the decoder. */
    Runnable memory() {
        return memory;
    }

    @Override
    public int contextLength() {
        return capacity;
    }

    @Override
    public int length(int slot) {
        return slot(slot).length;
    }

    @Override
    public void reset(int slot) {
        replace(slot(slot), Stored.EMPTY);
    }

    @Override
    public boolean copy(int from, int count, int to) {
        Slot source = slot(from);
        if (count > source.length) {
            return false;
        }
        if (seated.contains(source)) {
            stand();
        }
        Stored copy = state.first(source.stored, count);
        if (copy == null) {
            return false;
        }
        replace(slot(to), copy);
        return true;
    }

    private void replace(Slot slot, Stored stored) {
        int seat = seated.indexOf(slot);
        if (seat >= 0) {
            seated.set(seat, GONE);
        }
        slot.stored = stored;
        slot.length = stored.length();
    }

    @Override
    public long bytes(int tokens) {
        return state.bytes(tokens);
    }

    @Override
    public void feed(List<? extends Feed> feeds) {
        feeds.forEach(this::check);
        for (List<Feed> run : runs(feeds, room, feed -> state.isShared() && slot(feed.slot()).length > 0)) {
            feedTogether(run);
        }
    }

    /**
     * The feeds of each run: those with equally many tokens, of which there are about {@value #RUN_TOKENS} where they are
     * several. Single tokens come last, since what goes on for many steps is then in place.
     *
     * @param alone of several tokens, whether they are fed by themselves
     */
    static List<List<Feed>> runs(List<? extends Feed> feeds, int room, Predicate<Feed> alone) {
        Map<Integer, List<Feed>> byCount = new TreeMap<>(Comparator.reverseOrder());
        List<List<Feed>> runs = new ArrayList<>();
        for (Feed feed : feeds) {
            if (feed.count() > 1 && alone.test(feed)) {
                runs.add(List.of(feed));
            } else {
                byCount.computeIfAbsent(feed.count(), count -> new ArrayList<>())
                        .add(feed);
            }
        }
        byCount.forEach((count, group) -> {
            int most = count == 1 ? group.size() : Math.max(1, RUN_TOKENS / Math.min(room, count));
            for (int from = 0; from < group.size(); from += most) {
                runs.add(group.subList(from, Math.min(group.size(), from + most)));
            }
        });
        return runs;
    }

    private void check(Feed feed) {
        if (feed.logits().length != session.vocabularySize()) {
            throw new IllegalArgumentException(
                    "there are " + session.vocabularySize() + " logits, but the array has " + feed.logits().length);
        }
        checkRoom(feed.slot(), feed.count());
    }

    private void checkRoom(int slot, int count) {
        int length = slot(slot).length;
        if (count < 1 || count > capacity - length) {
            throw new IllegalStateException("cannot feed " + count + " tokens after " + length + " to a cache of "
                    + capacity + "; reset it first");
        }
    }

    private RunInputs inputs(int sequences, int tokens, int selected) {
        memory.requireOpen();
        int elements = Math.multiplyExact(Math.multiplyExact(sequences, selected), session.vocabularySize());
        if (logits.capacity() < (long) elements * Float.BYTES) {
            logits = OnnxSession.buffer(elements, Float.BYTES);
        }
        ByteBuffer rows = logits.duplicate().order(logits.order()).limit(elements * Float.BYTES);
        return new RunInputs(session, sequences, tokens, selected, rows);
    }

    /** Feeds equally many tokens of each sequence. */
    private void feedTogether(List<Feed> feeds) {
        int count = feeds.get(0).count();
        List<Slot> fed = new ArrayList<>();
        for (Feed feed : feeds) {
            fed.add(slot(feed.slot()));
        }
        seat(fed);
        if (count == 1) {
            run(step(feeds.size()), feeds, 0, 1);
            return;
        }
        for (int done = 0; done < count; done += room) {
            int piece = Math.min(room, count - done);
            try (RunInputs inputs = inputs(feeds.size(), piece, RunInputs.selected(session, piece))) {
                run(inputs, feeds, done, piece);
            }
        }
    }

    /** Runs the tokens after the first {@code done} of each sequence, which are all seated. */
    private void run(RunInputs inputs, List<Feed> feeds, int done, int tokens) {
        for (int i = 0; i < feeds.size(); i++) {
            Feed feed = feeds.get(i);
            inputs.set(i, feed.tokens(), feed.from() + done, seated.get(i).length);
        }
        run(inputs, tokens);
        for (int i = 0; i < feeds.size(); i++) {
            inputs.read(i, feeds.get(i).logits());
        }
    }

    private RunInputs step(int sequences) {
        if (step == null || stepRows != sequences) {
            if (step != null) {
                memory.free(step);
            }
            RunInputs inputs = inputs(sequences, 1, 1);
            step = memory.keep(inputs, inputs::close);
            stepRows = sequences;
        }
        return step;
    }

    /** Appends tokens to a sequence, at most a context of them, and computes the logits after each, row by row. */
    void feedAll(int slot, int[] tokens, int from, int count, FloatBuffer destination) {
        checkRoom(slot, count);
        try (RunInputs inputs = inputs(1, count, count)) {
            seat(List.of(slot(slot)));
            inputs.set(0, tokens, from, seated.get(0).length);
            run(inputs, count);
            destination.put(inputs.logits());
        }
    }

    private void run(RunInputs inputs, int tokens) {
        memory.requireOpen();
        int total = state.total(tokens);
        inputs.setTotal(total);
        try (OnnxTensor masked = mask(tokens, total)) {
            state.run(inputs, masked, tokens);
        } catch (OrtException e) {
            seated.forEach(slot -> {
                slot.stored = Stored.EMPTY;
                slot.length = 0;
            });
            seated.clear();
            state.clear();
            throw OnnxSession.failed(e);
        }
        seated.forEach(slot -> slot.length += tokens);
    }

    private @Nullable OnnxTensor mask(int tokens, int total) {
        if (!session.reads(GraphSignature.ATTENTION_MASK)) {
            return null;
        }
        int elements = Math.multiplyExact(seated.size(), total);
        if (mask.capacity() < elements * Long.BYTES) {
            mask = OnnxSession.buffer(2L * elements, Long.BYTES);
        }
        mask.limit(elements * Long.BYTES);
        state.mask(tokens, mask);
        return session.tensor(mask, OnnxJavaType.INT64, seated.size(), total);
    }

    /** Makes the state that of these sequences. */
    private void seat(List<Slot> wanted) {
        if (seated.equals(wanted)) {
            return;
        }
        stand();
        state.begin(wanted.stream().map(slot -> slot.stored).toList());
        wanted.forEach(slot -> slot.stored = Stored.EMPTY);
        seated.addAll(wanted);
    }

    /** Takes all sequences out of the state. */
    private void stand() {
        List<Integer> wanted = new ArrayList<>();
        for (int i = 0; i < seated.size(); i++) {
            if (seated.get(i) != GONE) {
                wanted.add(i);
            }
        }
        if (!wanted.isEmpty()) {
            List<Stored> taken = state.take(wanted);
            for (int i = 0; i < taken.size(); i++) {
                seated.get(wanted.get(i)).stored = taken.get(i);
            }
        }
        state.clear();
        seated.clear();
    }

    private Slot slot(int number) {
        if (number >= slots.length) {
            int first = slots.length;
            slots = Arrays.copyOf(slots, number + 1);
            for (int i = first; i < slots.length; i++) {
                slots[i] = new Slot();
            }
        }
        return slots[number];
    }

    @Override
    public void close() {
        release.accept(memory);
    }
}
