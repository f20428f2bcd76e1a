package io.nanogpt.examples;

import io.nanogpt.data.Tokenization;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows how far a text is encoded: one line that is drawn over in a terminal, a line now and then elsewhere. */
final class EncodingProgress implements Tokenization.Progress {
    private static final double TERMINAL_SECONDS = 0.1;
    private static final double OTHER_SECONDS = 10;

    private final PrintWriter writer;
    private final boolean terminal;
    private final long begin = System.nanoTime();
    private double lastDrawn;

    EncodingProgress(PrintWriter writer, boolean terminal) {
        this.writer = writer;
        this.terminal = terminal;
    }

    static EncodingProgress on(PrintWriter writer) {
        return new EncodingProgress(writer, Terminal.isAttached());
    }

    @Override
    public void written(long bytes, long allBytes, long tokens) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (seconds - lastDrawn < (terminal ? TERMINAL_SECONDS : OTHER_SECONDS)) {
            return;
        }
        lastDrawn = seconds;
        String line = line(bytes, allBytes, tokens, seconds);
        if (terminal) {
            writer.print("\r" + line + Terminal.CLEAR_LINE + "\r");
        } else {
            writer.println(line);
        }
        writer.flush();
    }

    static String line(long bytes, long allBytes, long tokens, double seconds) {
        double left = bytes == 0 ? 0 : seconds * (allBytes - bytes) / bytes;
        return String.format(
                Locale.ROOT,
                "%3.0f %% of %,d MB, %,d tokens, %,.0f tokens/s, %s left",
                allBytes == 0 ? 100 : 100.0 * bytes / allBytes,
                (allBytes + 999_999) / 1_000_000,
                tokens,
                tokens / seconds,
                Terminal.clock(left));
    }
}
