package io.nanogpt.examples.cli.console;

import io.nanogpt.data.Tokenization;
import java.io.PrintWriter;
import java.util.Locale;

/** Progress of encoding a text: one line that is redrawn in a terminal, a line every ten seconds elsewhere. */
public final class EncodingProgress implements Tokenization.Progress {
    private static final double TERMINAL_SECONDS = 0.1;
    private static final double OTHER_SECONDS = 10;

    private final PrintWriter writer;
    private final boolean terminal;
    private final long begin = System.nanoTime();
    private double lastDrawn;

    public EncodingProgress(PrintWriter writer, boolean terminal) {
        this.writer = writer;
        this.terminal = terminal;
    }

    public static EncodingProgress on(PrintWriter writer) {
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

    public static String line(long bytes, long allBytes, long tokens, double seconds) {
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
