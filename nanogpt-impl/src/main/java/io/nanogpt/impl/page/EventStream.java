package io.nanogpt.impl.page;

import java.io.IOException;

/** Events that a page receives one after another while it is open, as server-sent events. */
public interface EventStream {
    /**
     * Sends an event, without delay.
     *
     * @param name the type of the event in the page
     * @param json its data
     * @throws IOException if the page is gone
     */
    void send(String name, String json) throws IOException;

    /**
     * Sends a comment, which pages ignore, to find out whether one is still there.
     *
     * @throws IOException if the page is gone
     */
    void ping() throws IOException;

    /**
     * Waits for the server to close.
     *
     * @return whether it closes: a little time is left to send how things ended
     */
    boolean closesWithin(long millis) throws InterruptedException;

    /** Sends the events of one page. */
    @FunctionalInterface
    interface Source {
        /**
         * Called once for each page, on a thread of its own; the stream ends when it returns or throws.
         *
         * @throws IOException if the page is gone
         * @throws InterruptedException if the server has closed
         */
        void send(EventStream events) throws IOException, InterruptedException;
    }
}
