package io.nanogpt.generate;

/**
 * A change to the logits of a step before a token is chosen. Implementations are stateless, so that threads may share
 * one: all state is in the context.
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
     * @param context the tokens so far; valid during the call
     * @param logits one per id; minus infinity forbids an id, and if every id is forbidden, generation ends
     */
    void process(Context context, float[] logits);

    /** The tokens of a prompt and of its continuation so far. */
    interface Context {
        /** Returns the number of ids. */
        int size();

        /** Returns the id at an index, counted from 0 at the beginning of the prompt. */
        int id(int index);

        /** Returns the number of ids of the prompt, which come first. */
        int promptSize();

        /** Returns the text of the continuation, without an incomplete character at its end. */
        CharSequence text();
    }
}
