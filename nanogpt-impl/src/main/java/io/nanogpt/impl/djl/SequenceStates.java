package io.nanogpt.impl.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys, values and recurrent states of the sequences of a decoder, on the device. Each array has a row for each
 * sequence. A run works on consecutive rows in place; where its sequences have others, those between are taken out, and
 * only what moves is copied.
 */
final class SequenceStates {
    /** Tokens for which there is memory at first: a context may be far longer than what is generated. */
    private static final int FIRST_ROOM = 64;

    private final TorchModule module;
    private final NativeMemory memory;
    private final List<ProgramWriter.StateArray> specs;
    private final int capacity;
    private List<NDArray> arrays;
    /** The sequence of each row. */
    private final List<@Nullable SequenceSlot> rows = new ArrayList<>();

    private int allocated = 1;
    /** Tokens of a row; the caches have a further cell for padding. */
    private int room;

    /**
     * Without sequences.
     *
     * @param capacity the most tokens of a sequence
     */
    SequenceStates(TorchModule module, NativeMemory memory, List<ProgramWriter.StateArray> specs, int capacity) {
        this.module = module;
        this.memory = memory;
        this.specs = specs;
        this.capacity = capacity;
        room = Math.min(capacity, FIRST_ROOM);
        arrays = specs.stream().map(this::zeros).toList();
    }

    private NDArray zeros(ProgramWriter.StateArray spec) {
        List<Integer> sizes = new ArrayList<>(spec.sizes());
        if (spec.holdsTokens()) {
            sizes.add(1, room + 1);
        }
        sizes.add(0, allocated);
        return memory.manager(0)
                .zeros(new Shape(sizes.stream().mapToLong(Integer::longValue).toArray()), DataType.FLOAT32);
    }

    List<NDArray> arrays() {
        return arrays;
    }

    /** The cell of the caches that no sequence reads. */
    int unread() {
        return room;
    }

    /** The bytes of a sequence of so many tokens. */
    long bytes(int tokens) {
        long elements = 0;
        for (ProgramWriter.StateArray spec : specs) {
            long row = spec.sizes().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
            elements += row * (spec.holdsTokens() ? tokens : 1L);
        }
        return Float.BYTES * elements;
    }

    /** Whether the state after the first of some tokens is known after all of them. */
    boolean holdsTokens() {
        return specs.stream().allMatch(ProgramWriter.StateArray::holdsTokens);
    }

    /** Makes room for sequences of so many tokens, at most the capacity. */
    void reserve(int tokens) {
        if (tokens > room && specs.stream().anyMatch(ProgramWriter.StateArray::holdsTokens)) {
            long wanted = Math.max(tokens, 2L * room);
            grow(allocated, (int) Math.min(capacity, wanted));
        }
    }

    private void grow(int newAllocated, int newRoom) {
        List<NDArray> grown = new ArrayList<>();
        for (int i = 0; i < arrays.size(); i++) {
            // Sizes to add before and after, from the last dimension to the first.
            long[] more = new long[2 * arrays.get(i).getShape().dimension()];
            more[more.length - 1] = (long) newAllocated - allocated;
            if (specs.get(i).holdsTokens()) {
                more[3] = (long) newRoom - room;
            }
            TorchModule.Arguments arguments =
                    new TorchModule.Arguments().add(arrays.get(i)).addAll(more);
            grown.add(module.call("grown", arguments, memory.manager(0)).get(0));
        }
        arrays.forEach(NDArray::close);
        arrays = List.copyOf(grown);
        allocated = newAllocated;
        room = newRoom;
    }

    /** Gives sequences consecutive rows, in any order; the first of these. */
    int arrange(List<SequenceSlot> wanted) {
        wanted.stream().filter(slot -> slot.row == SequenceSlot.NO_ROW).forEach(this::enter);
        int first = wanted.stream().mapToInt(slot -> slot.row).min().orElseThrow();
        int last = wanted.stream().mapToInt(slot -> slot.row).max().orElseThrow();
        if (last - first + 1 == wanted.size()) {
            return first;
        }
        for (int row = 0; row < wanted.size(); row++) {
            SequenceSlot slot = rows.get(row);
            if (slot != null && !wanted.contains(slot)) {
                leave(slot);
            }
        }
        for (SequenceSlot slot : wanted) {
            if (slot.row >= wanted.size()) {
                leave(slot);
                enter(slot);
            }
        }
        return 0;
    }

    /** Puts a sequence into the first free row. */
    private void enter(SequenceSlot slot) {
        int row = rows.indexOf(null);
        if (row < 0) {
            row = rows.size();
            if (row == allocated) {
                grow(Math.multiplyExact(2, allocated), room);
            }
            rows.add(null);
        }
        if (!specs.isEmpty()) {
            // Clears the row too: what another sequence left there is masked, but not if it is not a number.
            module.call("put", new TorchModule.Arguments().add(arrays).add(row).add(slot.stored), memory.manager(0));
        }
        close(slot.stored);
        slot.stored = List.of();
        rows.set(row, slot);
        slot.row = row;
    }

    /** Takes a sequence out of its row. */
    private void leave(SequenceSlot slot) {
        slot.stored = first(slot, slot.length());
        rows.set(slot.row, null);
        slot.row = SequenceSlot.NO_ROW;
    }

    /** A copy of the state of a sequence after the first of its tokens. */
    private List<NDArray> first(SequenceSlot slot, int tokens) {
        if (specs.isEmpty() || tokens == 0) {
            return List.of();
        }
        boolean inside = slot.row != SequenceSlot.NO_ROW;
        NDList copies = module.call(
                "take",
                new TorchModule.Arguments()
                        .add(inside ? arrays : slot.stored)
                        .add(inside ? slot.row : 0L)
                        .add((long) tokens),
                memory.manager(0));
        return List.copyOf(copies);
    }

    /** Makes a sequence begin as another one, or as itself, with the first of its tokens. */
    void copy(SequenceSlot from, int tokens, SequenceSlot to) {
        List<NDArray> copies = first(from, tokens);
        remove(to);
        to.stored = copies;
        to.follow(from, tokens);
    }

    /** Forgets the state of a sequence. */
    void remove(SequenceSlot slot) {
        if (slot.row != SequenceSlot.NO_ROW) {
            rows.set(slot.row, null);
            slot.row = SequenceSlot.NO_ROW;
        }
        close(slot.stored);
        slot.stored = List.of();
    }

    private static void close(List<NDArray> arrays) {
        arrays.forEach(NDArray::close);
    }
}
