package io.nanogpt.impl.generate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The texts of a vocabulary in alphabetical order, without those that have no text or end within a character. */
final class SortedTexts {
    private final int[] ids;
    private final String[] texts;
    private final int[] common;
    private final int longest;

    SortedTexts(String[] byId) {
        ids = IntStream.range(0, byId.length)
                .filter(id -> !byId[id].isEmpty() && !TokenTexts.endsWithinCharacter(byId[id]))
                .boxed()
                .sorted(Comparator.comparing(id -> byId[id]))
                .mapToInt(Integer::intValue)
                .toArray();
        texts = Arrays.stream(ids).mapToObj(id -> byId[id]).toArray(String[]::new);
        common = new int[ids.length];
        for (int i = 1; i < ids.length; i++) {
            common[i] = common(texts[i - 1], texts[i]);
        }
        longest = Arrays.stream(texts).mapToInt(String::length).max().orElse(0);
    }

    private static int common(String first, String second) {
        int length = 0;
        while (length < Math.min(first.length(), second.length()) && first.charAt(length) == second.charAt(length)) {
            length++;
        }
        return length > 0 && Character.isHighSurrogate(first.charAt(length - 1)) ? length - 1 : length;
    }

    int size() {
        return ids.length;
    }

    int id(int index) {
        return ids[index];
    }

    String text(int index) {
        return texts[index];
    }

    /** The length of the beginning that a text shares with the one before it. */
    int common(int index) {
        return common[index];
    }

    int longest() {
        return longest;
    }
}
