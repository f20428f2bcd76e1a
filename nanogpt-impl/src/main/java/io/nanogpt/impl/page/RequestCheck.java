package io.nanogpt.impl.page;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Refuses requests that a page of this server does not make. A web page of another site can have a browser send requests
 * here; it can hide neither its origin nor, with a name of its own for this machine, that name.
 */
final class RequestCheck {
    /** The most bytes of a request's body. */
    static final int LARGEST_BODY = 1 << 20;

    /** Names of this machine; the port may be another one, through a tunnel. */
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

    private RequestCheck() {}

    /** Refuses other hosts and origins. */
    static void requireLocal(Headers headers) throws PageRequestException {
        List<String> hosts = headers.getOrDefault("Host", List.of());
        if (hosts.size() != 1 || !LOOPBACK.matcher(hosts.get(0)).matches()) {
            throw new PageRequestException(403, "this server answers to localhost and 127.0.0.1 only");
        }
        for (String origin : headers.getOrDefault("Origin", List.of())) {
            if (!origin.equalsIgnoreCase("http://" + hosts.get(0))) {
                throw new PageRequestException(403, "this server answers its own pages only");
            }
        }
    }

    /** Reads a body of JSON, which a page of another origin cannot send without asking first. */
    static String json(HttpExchange exchange) throws PageRequestException, IOException {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw new PageRequestException(415, "the body must have the content type application/json");
        }
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            throw new PageRequestException(413, "the body has more than " + LARGEST_BODY + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new PageRequestException(400, "the body is not UTF-8");
        }
    }
}
