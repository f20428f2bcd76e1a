package io.nanogpt.impl.interop;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names in an error: the first few, and how many more there are. */
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
