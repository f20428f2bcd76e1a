package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.files.Utf8Files;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Downloads JSON documents over HTTP, with retries while a server is busy. */
final class HttpJson {
    private static final System.Logger LOGGER = System.getLogger(HttpJson.class.getName());
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(90);

    /** Limit of an answer, far above a page of text rows: bounds the memory that a broken server can fill. */
    private static final int MAXIMUM_BYTES = 1 << 26;

    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final RetryPolicy retries;

    HttpJson(RetryPolicy retries) {
        this.retries = retries;
    }

    /**
     * Downloads a document.
     *
     * @param purpose for messages, for example {@code the splits of NAME}
     */
    JsonValue get(URI address, String purpose) {
        for (int attempt = 0; ; attempt++) {
            boolean last = attempt + 1 >= retries.attempts();
            Duration asked = Duration.ZERO;
            String trouble;
            try {
                Answer answer = send(address, purpose);
                if (answer.status() == 200) {
                    return JsonValue.parse(
                            Utf8Files.decode(answer.body(), address.toString()), address.toString(), purpose);
                }
                boolean busy = answer.status() == TOO_MANY_REQUESTS || answer.status() >= 500;
                if (!busy || last) {
                    throw refused(address, purpose, answer, attempt + 1);
                }
                asked = answer.retryAfter();
                trouble = "status " + answer.status();
            } catch (IOException e) {
                if (last) {
                    throw new UncheckedIOException(
                            "cannot download " + purpose + " from " + address + " after " + (attempt + 1)
                                    + " attempts: " + e + "; check the network and the address; nothing was written",
                            e);
                }
                trouble = e.toString();
            }
            LOGGER.log(System.Logger.Level.INFO, "{0}: {1}, trying again", address, trouble);
            retries.pause(attempt, asked);
        }
    }

    private Answer send(URI address, String purpose) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(REQUEST_TIMEOUT)
                .header("Accept", "application/json")
                .header("User-Agent", "nanogpt-java")
                .GET()
                .build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                byte[] body = in.readNBytes(MAXIMUM_BYTES);
                if (in.read() >= 0) {
                    throw new NanogptException("cannot download " + purpose + ": " + address + " sent more than "
                            + MAXIMUM_BYTES + " bytes, which is no page of text rows; nothing was written");
                }
                String retryAfter = response.headers().firstValue("Retry-After").orElse(null);
                return new Answer(response.statusCode(), body, seconds(retryAfter));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NanogptInterruptedException(
                    "interrupted while downloading " + purpose + "; nothing was written", e);
        }
    }

    private static Duration seconds(@Nullable String retryAfter) {
        // The header may also hold a date; then the doubling pauses apply.
        return retryAfter != null && retryAfter.matches("\\d{1,6}")
                ? Duration.ofSeconds(Integer.parseInt(retryAfter))
                : Duration.ZERO;
    }

    private static NanogptException refused(URI address, String purpose, Answer answer, int attempts) {
        String advice = switch (answer.status()) {
            case 401, 403 ->
                "the data set is private or needs an agreement, and this downloader sends no credentials;"
                        + " download it by other means and read the file";
            case 404 -> "there is no such data set on this server; check the name and the address";
            case TOO_MANY_REQUESTS -> "the server limits requests; try again in some minutes";
            default -> answer.status() >= 500 ? "the server failed; try again later" : "check the name";
        };
        return new NanogptException("cannot download " + purpose + ": " + address + " answered status "
                + answer.status() + " after " + attempts + (attempts == 1 ? " attempt" : " attempts") + " ("
                + answer.excerpt() + "); " + advice + "; nothing was written");
    }

    /** A server's response. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answer(int status, byte[] body, Duration retryAfter) {
        String excerpt() {
            String text = new String(body, 0, Math.min(body.length, 200), StandardCharsets.UTF_8);
            return text.isBlank() ? "no explanation" : text.strip().replaceAll("\\s+", " ");
        }
    }
}
