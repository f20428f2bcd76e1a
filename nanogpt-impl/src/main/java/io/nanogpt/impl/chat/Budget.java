package io.nanogpt.impl.chat;

/** What a rendering may take: a template from elsewhere must neither run for ever nor fill the memory. */
final class Budget {
    /** Steps for a conversation without messages, and more for each; published templates take at most 200 a message. */
    private static final long STEPS = 1_000_000;

    private static final long STEPS_A_MESSAGE = 10_000;
    /** Characters and elements that are made, copies included, and more for each character of the messages. */
    private static final long SIZE = 10_000_000;

    private static final long SIZE_A_CHARACTER = 64;

    private final TemplateSource source;
    private long steps;
    private long size;

    Budget(TemplateSource source, int messages, long characters) {
        this.source = source;
        steps = STEPS + STEPS_A_MESSAGE * messages;
        size = SIZE + SIZE_A_CHARACTER * characters;
    }

    void step(int at) {
        if (--steps < 0) {
            throw source.error(at, "the template takes too many steps for these messages; it may loop without end");
        }
    }

    /** Counts the characters of a text or the elements of a list before it is made. */
    void make(long count, int at) {
        size -= count;
        if (size < 0) {
            throw source.error(at, "the template makes too many characters of these messages; it may grow without end");
        }
    }
}
