package io.nanogpt.impl.tokenizer.pretokenize;

import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Sets of code points by general category, those of Unicode 16 and those of the JDK. */
public final class UnicodeCategories {
    private static final Map<String, BitSet> OF_UNICODE_16 = new TreeMap<>();
    /** The JDK's names of categories by {@link Character#getType}; empty where there is none. */
    private static final String[] BY_TYPE = {
        "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "--",
        "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf"
    };

    /** The JDK's own categories, found in one pass over all code points. */
    private static final Map<String, BitSet> OF_JDK = new TreeMap<>();

    static {
        for (int i = 0; i <= Character.MAX_CODE_POINT; i++) {
            OF_JDK.computeIfAbsent(BY_TYPE[Character.getType(i)], key -> new BitSet())
                    .set(i);
        }
        CategoryRuns.forEach((category, first, end) ->
                OF_UNICODE_16.computeIfAbsent(category, key -> new BitSet()).set(first, end));
    }

    private UnicodeCategories() {}

    static boolean isCategory(String name) {
        return OF_UNICODE_16.keySet().stream().anyMatch(category -> category.equals(name) || isMajor(name, category));
    }

    private static boolean isMajor(String name, String category) {
        return name.length() == 1 && category.startsWith(name);
    }

    /** The code points of some categories, such as {@code L} or {@code Nd}. */
    public static BitSet union(String... names) {
        return union(Set.of(names));
    }

    static BitSet union(Set<String> names) {
        return union(names, OF_UNICODE_16);
    }

    private static BitSet union(Set<String> names, Map<String, BitSet> categories) {
        BitSet union = new BitSet();
        categories.forEach((category, codePoints) -> {
            if (names.contains(category) || names.contains(category.substring(0, 1))) {
                union.or(codePoints);
            }
        });
        return union;
    }

    static BitSet ofJdk(Set<String> names) {
        return union(names, OF_JDK);
    }
}
