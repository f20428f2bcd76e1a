package io.nanogpt.generate;

/**
 * Changes the logits of a step before an id is chosen. Implementations keep no state, so that one may serve many
 * threads: what they need is in the context.
 *
 * <pre>{@code
 * int newline = model.tokenizer().encode("\n")[0];
 * LogitsProcessor neverFirst = (context, logits) -> {
 *     if (context.size() == context.promptSize()) {
 *         logits[newline] = Float.NEGATIVE_INFINITY;
 *     }
 * };
 * }</pre>
 */
@FunctionalInterface
public interface LogitsProcessor {
    /**
     * Changes logits in place.
     *
     * @param context what was generated so far; valid during the call
     * @param logits one per id; minus infinity forbids an id, and where every id is forbidden the continuation ends
     */
    void process(Context context, float[] logits);

    /** The tokens of a prompt and of its continuation so far. */
    interface Context {
        /** The number of ids. */
        int size();

        /** The id at a place, counted from 0 at the beginning of the prompt. */
        int id(int index);

        /** The number of ids of the prompt, which come first. */
        int promptSize();

        /** The text of the continuation, without an unfinished character at its end. */
        CharSequence text();
    }
}
