package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.files.Utf8Files;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** Downloads JSON documents. */
final class HttpJson {
    /** Limit of an answer, far above a page of text rows: bounds the memory that a broken server can fill. */
    private static final int MAXIMUM_BYTES = 1 << 26;

    private final RetriedGet http;

    HttpJson(RetryPolicy retries) {
        this.http = new RetriedGet(retries);
    }

    /**
     * Downloads a document.
     *
     * @param purpose for messages, for example {@code the splits of NAME}
     */
    JsonValue get(URI address, String purpose) {
        byte[] body = http.get(address, "application/json", purpose, answer -> bounded(answer, address, purpose));
        String source = address.toString();
        return JsonValue.parse(Utf8Files.decode(body, source), source, purpose);
    }

    private static byte[] bounded(InputStream answer, URI address, String purpose) throws IOException {
        byte[] body = answer.readNBytes(MAXIMUM_BYTES);
        if (answer.read() >= 0) {
            throw new NanogptException("cannot download " + purpose + ": " + address + " sent more than "
                    + MAXIMUM_BYTES + " bytes, which is no page of text rows; nothing was written");
        }
        return body;
    }
}
