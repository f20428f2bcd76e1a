package io.nanogpt.impl.interop;

import java.util.Collection;
import java.util.stream.Collectors;

/** Lists names for error messages: the first few, and the number of the others. */
final class Listing {
    private static final int SHOWN = 8;

    private Listing() {}

    static String of(Collection<String> names) {
        if (names.isEmpty()) {
            return "nothing";
        }
        String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return names.size() <= SHOWN ? shown : shown + " and " + (names.size() - SHOWN) + " more";
    }
}
