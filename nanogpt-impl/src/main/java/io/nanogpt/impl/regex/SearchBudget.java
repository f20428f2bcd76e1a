package io.nanogpt.impl.regex;

import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;

/** Limits the steps of a search to a multiple of the text's length, and ends it at an interrupt. */
final class SearchBudget {
    /** Steps that any search may take: about a tenth of a second. */
    private static final long BASE = 20_000_000;

    private static final long STEPS_A_CHARACTER = 200;
    private static final long READS_OF_EACH = 8;
    private static final long STEPS_BETWEEN_CHECKS = 1 << 16;

    private final String pattern;
    private long length;
    private long most;
    private long left;
    private long untilCheck;

    /**
     * Creates a budget.
     *
     * @param pattern for messages
     */
    SearchBudget(String pattern) {
        this.pattern = pattern;
    }

    /** Starts on a text. */
    void begin(int textLength) {
        begin(textLength, BASE + STEPS_A_CHARACTER * textLength);
    }

    /** Starts on several texts of a length that are each read few times. */
    void begin(int textLength, int texts) {
        begin(textLength, BASE + READS_OF_EACH * textLength * texts);
    }

    private void begin(int textLength, long steps) {
        length = textLength;
        left = steps;
        untilCheck = STEPS_BETWEEN_CHECKS;
        most = steps;
    }

    /**
     * Takes steps.
     *
     * @throws NanogptException if the budget is spent
     * @throws NanogptInterruptedException if the thread is interrupted
     */
    void spend(long more) {
        untilCheck -= more;
        if (untilCheck <= 0) {
            check();
        }
    }

    private void check() {
        NanogptInterruptedException.check("matching the pattern " + pattern);
        left -= STEPS_BETWEEN_CHECKS - untilCheck;
        untilCheck = STEPS_BETWEEN_CHECKS;
        if (left < 0) {
            throw new NanogptException("the pattern " + pattern + " takes more than " + most
                    + " steps on a text of " + length
                    + " characters, so that its time grows faster than the text; write it without alternatives that"
                    + " begin alike, and without repetitions inside of repetitions, such as (a+)+");
        }
    }

    /** The exception for a text on which a pattern nests too deeply. */
    NanogptException tooDeep(StackOverflowError cause) {
        return new NanogptException(
                "the pattern " + pattern + " nests too deeply on a text of " + length
                        + " characters; write it without back references, look behind, and possessive or atomic groups"
                        + " of more than a class: then it needs no stack",
                cause);
    }
}
