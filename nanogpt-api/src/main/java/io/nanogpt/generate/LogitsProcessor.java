package io.nanogpt.generate;

/**
 * Changes the logits of a step before an id is chosen. Implementations keep no state, so that one may serve many
 * threads: what they need is in the context.
 *
 * <pre>{@code
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
    void process(GenerationContext context, float[] logits);
}
