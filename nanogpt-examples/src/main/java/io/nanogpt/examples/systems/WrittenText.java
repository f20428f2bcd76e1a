package io.nanogpt.examples.systems;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Measures of what a model wrote, over all texts of one setting.
 *
 * @param repetition share of the groups of four words that occurred earlier in the same text
 * @param distinct share of the groups of two words that are different from each other, over all texts
 * @param copied share of the characters that lie in a stretch of at least {@link #STRETCH} characters of the training text
 */
record WrittenText(double repetition, double distinct, double copied) {
    /** Characters of the shortest stretch that counts as copied: about eight words. */
    static final int STRETCH = 50;

    /** Measures texts by a training text; a share of nothing is 0. */
    static WrittenText measure(List<String> texts, String training) {
        int fours = 0;
        int repeated = 0;
        int twos = 0;
        Set<String> different = new HashSet<>();
        int characters = 0;
        int copied = 0;
        for (String text : texts) {
            List<String> words = List.of(text.strip().split("\\s+"));
            Set<String> before = new HashSet<>();
            for (int i = 0; i + 4 <= words.size(); i++) {
                fours++;
                repeated += before.add(String.join(" ", words.subList(i, i + 4))) ? 0 : 1;
            }
            for (int i = 0; i + 2 <= words.size(); i++) {
                twos++;
                different.add(String.join(" ", words.subList(i, i + 2)));
            }
            characters += text.length();
            copied += copied(text, training);
        }
        return new WrittenText(share(repeated, fours), share(different.size(), twos), share(copied, characters));
    }

    private static int copied(String text, String training) {
        int copied = 0;
        int counted = 0;
        for (int i = 0; i + STRETCH <= text.length(); i++) {
            if (training.contains(text.substring(i, i + STRETCH))) {
                copied += i + STRETCH - Math.max(i, counted);
                counted = i + STRETCH;
            }
        }
        return copied;
    }

    private static double share(int part, int whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
