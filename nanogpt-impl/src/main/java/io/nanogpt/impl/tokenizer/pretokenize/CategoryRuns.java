package io.nanogpt.impl.tokenizer.pretokenize;

/** Reads {@link GeneralCategories}. */
final class CategoryRuns {
    private CategoryRuns() {}

    /** Visits runs of code points of one general category. */
    @FunctionalInterface
    interface Visitor {
        /** Visits a run from {@code first} on, ending before {@code end}. */
        void run(String category, int first, int end);
    }

    /** Visits all runs in order. */
    static void forEach(Visitor visitor) {
        String runs = GeneralCategories.RUNS;
        int first = 0;
        for (int i = 0; i < runs.length(); ) {
            String category = runs.substring(i, i + 2);
            i += 2;
            int length = 0;
            while (i < runs.length() && runs.charAt(i) <= '9') {
                length = 10 * length + runs.charAt(i++) - '0';
            }
            int end = first + Math.max(1, length);
            visitor.run(category, first, end);
            first = end;
        }
    }
}
