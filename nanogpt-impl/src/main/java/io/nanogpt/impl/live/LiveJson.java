package io.nanogpt.impl.live;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.files.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;

/** Writes JSON for the page. */
final class LiveJson {
    /** The digits of a number, which are more than a chart shows. */
    private static final MathContext DIGITS = new MathContext(6);

    private LiveJson() {}

    /** What writes one value. */
    interface Value {
        void write(JsonGenerator json) throws IOException;
    }

    static String text(Value value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.factory().createGenerator(text)) {
            value.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A StringWriter throws none.
        }
        return text.toString();
    }

    /** Writes a number to six digits; one that is not finite as null. */
    static void number(JsonGenerator json, double value) throws IOException {
        if (!Double.isFinite(value)) {
            json.writeNull();
        } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            json.writeNumber((long) value);
        } else {
            json.writeNumber(
                    new BigDecimal(value).round(DIGITS).stripTrailingZeros().toString());
        }
    }
}
