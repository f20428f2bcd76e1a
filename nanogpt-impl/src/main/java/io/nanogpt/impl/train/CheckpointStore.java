package io.nanogpt.impl.train;

/** The checkpoints of one run, wherever they are kept. */
public interface CheckpointStore {
    /**
     * Reads the newest checkpoint.
     *
     * @return whether there is one
     * @throws io.nanogpt.NanogptException if it is of another model, tokenizer, data or settings, saying which
     */
    boolean read(Snapshot snapshot);

    /**
     * Writes one, whole or not at all, and removes those that need not stay.
     *
     * @param epochEnd whether it is to stay because an epoch ends with it
     */
    void write(Snapshot snapshot, boolean epochEnd);
}
