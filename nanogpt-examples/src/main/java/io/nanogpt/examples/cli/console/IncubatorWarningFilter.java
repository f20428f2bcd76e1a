package io.nanogpt.examples.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Copies what a JVM writes to standard error, except the line {@code WARNING: Using incubator modules:
 * jdk.incubator.vector}. No option of {@code java} turns that line off: the boot layer prints it before any code of the
 * program. Everything else passes byte for byte and at once; only a beginning of that line is held back until it is clear
 * what it is.
 */
final class IncubatorWarningFilter {
    static final String WARNING = "WARNING: Using incubator modules: " + Relauncher.VECTOR_MODULE;

    private final byte[] warning = WARNING.getBytes(StandardCharsets.US_ASCII);
    private final OutputStream out;
    /** How many bytes of the warning have been read and held back; minus one where it can no longer begin. */
    private int held;

    private boolean dropped;

    private IncubatorWarningFilter(OutputStream out) {
        this.out = out;
    }

    /** Copies until the end of the stream. */
    static void copy(InputStream in, OutputStream out) throws IOException {
        IncubatorWarningFilter filter = new IncubatorWarningFilter(out);
        byte[] bytes = new byte[8192];
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
            int from = 0;
            while (from < count && !filter.dropped) {
                filter.accept(bytes[from++]);
            }
            out.write(bytes, from, count - from);
            out.flush();
        }
        filter.release();
        out.flush();
    }

    private void accept(byte next) throws IOException {
        if (held >= 0 && held < warning.length && next == warning[held]) {
            held++;
        } else if (held == warning.length && next == '\r') {
            return; // Of a line break of Windows.
        } else if (held == warning.length && next == '\n') {
            held = -1;
            dropped = true;
        } else {
            release();
            out.write(next);
            held = next == '\n' ? 0 : -1;
        }
    }

    private void release() throws IOException {
        if (held > 0) {
            out.write(warning, 0, held);
        }
        held = -1;
    }
}
