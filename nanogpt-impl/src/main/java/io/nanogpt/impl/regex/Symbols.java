package io.nanogpt.impl.regex;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers the classes of code points that a program's sets do not tell apart. What a set contains is asked of
 * {@code java.util.regex}, once for each code point that occurs, so that sets are exactly the JDK's. Not thread-safe.
 */
final class Symbols {
    private static final int PAGE = 256;

    private final Matcher[] sets;
    private final int[][] pages = new int[(Character.MAX_CODE_POINT + 1) / PAGE][];
    private final Map<BitSet, Integer> numbers = new HashMap<>();
    private final List<BitSet> members = new ArrayList<>();

    Symbols(List<Pattern> sets) {
        this.sets = sets.stream().map(set -> set.matcher("")).toArray(Matcher[]::new);
    }

    /** The number of a code point's class. */
    int of(int codePoint) {
        int[] page = pages[codePoint / PAGE];
        if (page == null) {
            page = new int[PAGE];
            pages[codePoint / PAGE] = page;
        }
        int symbol = page[codePoint % PAGE] - 1;
        if (symbol < 0) {
            symbol = compute(codePoint);
            page[codePoint % PAGE] = symbol + 1;
        }
        return symbol;
    }

    private int compute(int codePoint) {
        String text = Character.toString(codePoint);
        BitSet membership = new BitSet();
        for (int set = 0; set < sets.length; set++) {
            membership.set(set, sets[set].reset(text).matches());
        }
        return numbers.computeIfAbsent(membership, missing -> {
            members.add(missing);
            return members.size() - 1;
        });
    }

    boolean contains(int set, int symbol) {
        return members.get(symbol).get(set);
    }
}
