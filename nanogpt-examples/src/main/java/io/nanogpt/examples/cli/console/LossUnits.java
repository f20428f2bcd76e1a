package io.nanogpt.examples.cli.console;

import java.util.Locale;
import java.util.OptionalDouble;

/** Losses in other units than nats per token. */
public final class LossUnits {
    private LossUnits() {}

    /** {@code 2.3456 bits per byte} after a separator; nothing where the text is not known. */
    public static String bitsPerByte(String separator, OptionalDouble bits) {
        return bits.isPresent() ? separator + String.format(Locale.ROOT, "%.4f bits per byte", bits.getAsDouble()) : "";
    }
}
