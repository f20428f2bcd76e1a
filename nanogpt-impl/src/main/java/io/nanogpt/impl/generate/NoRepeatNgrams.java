package io.nanogpt.impl.generate;

/** Forbids the last id of every sequence of n ids that is in prompt and continuation already. */
final class NoRepeatNgrams implements Rules.Rule {
    private final int n;

    NoRepeatNgrams(int n) {
        this.n = n;
    }

    @Override
    public void apply(Continuation continuation, float[] logits) {
        int size = continuation.size();
        int tail = size - (n - 1);
        for (int start = 0; start + n <= size; start++) {
            int same = 0;
            while (same < n - 1 && continuation.id(start + same) == continuation.id(tail + same)) {
                same++;
            }
            if (same == n - 1) {
                logits[continuation.id(start + n - 1)] = Float.NEGATIVE_INFINITY;
            }
        }
    }
}
