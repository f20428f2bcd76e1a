package io.nanogpt.data;

import java.util.Locale;

/** What becomes of upper and lower case when a corpus is read. */
public enum CaseFolding {
    /** Text stays as it is. */
    KEEP,
    /** Everything in lower case. */
    LOWER,
    /** Everything in upper case. */
    UPPER;

    /** The text in this case, independent of the machine's language. */
    public String apply(String text) {
        return switch (this) {
            case KEEP -> text;
            case LOWER -> text.toLowerCase(Locale.ROOT);
            case UPPER -> text.toUpperCase(Locale.ROOT);
        };
    }
}
