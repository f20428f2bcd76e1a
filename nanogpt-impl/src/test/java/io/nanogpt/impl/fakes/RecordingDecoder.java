package io.nanogpt.impl.fakes;

import io.nanogpt.spi.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** Records the tokens fed, checks the contract of a decoder, and computes logits with a function of the test. */
public final class RecordingDecoder implements Decoder {
    private final int contextLength;
    private final BiConsumer<List<Integer>, float[]> model;
    private final List<Integer> tokens = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private Runnable onClose = () -> {};

    /**
     * A decoder.
     *
     * @param model receives the tokens since the last reset and fills in the logits
     */
    public RecordingDecoder(int contextLength, BiConsumer<List<Integer>, float[]> model) {
        this.contextLength = contextLength;
        this.model = model;
    }

    /** Gives the whole probability to some ids in turn, whatever it is fed. */
    public static RecordingDecoder scripted(int contextLength, int... ids) {
        int[] next = new int[1];
        return new RecordingDecoder(contextLength, (tokens, logits) -> {
            Arrays.fill(logits, 0);
            logits[ids[next[0]++]] = 100;
        });
    }

    /** Runs an action when it is first closed. */
    public RecordingDecoder onClose(Runnable action) {
        onClose = action;
        return this;
    }

    @Override
    public void close() {
        onClose.run();
        onClose = () -> {};
    }

    /** Every call in order: {@code reset}, or the ids that were fed. */
    public List<String> calls() {
        return calls;
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int length() {
        return tokens.size();
    }

    @Override
    public void reset() {
        tokens.clear();
        calls.add("reset");
    }

    @Override
    public void feed(int[] ids, int from, int count, float[] logits) {
        List<Integer> fed = Arrays.stream(ids, from, from + count).boxed().toList();
        calls.add(fed.toString());
        tokens.addAll(fed);
        if (count < 1 || tokens.size() > contextLength) {
            throw new IllegalStateException("fed " + fed + " for " + tokens.size() + " tokens of " + contextLength);
        }
        model.accept(List.copyOf(tokens), logits);
    }
}
