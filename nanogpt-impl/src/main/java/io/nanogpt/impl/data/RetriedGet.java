package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Downloads over HTTP, with retries while a server is busy or the network fails. */
final class RetriedGet {
    private static final System.Logger LOGGER = System.getLogger(RetriedGet.class.getName());
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

    /** Until a server begins to answer. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(90);

    private static final int OK = 200;
    private static final int TOO_MANY_REQUESTS = 429;

    /** The most attempts while no server is reached: a machine without a network has none a minute later. */
    private static final int UNCONNECTED_ATTEMPTS = 3;

    /** The most bytes of a refusal that a message quotes. */
    private static final int EXCERPT = 200;

    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final RetryPolicy retries;

    RetriedGet(RetryPolicy retries) {
        this.retries = retries;
    }

    /** Reads the body of an answer. */
    @FunctionalInterface
    interface Reading<T> {
        /** Reads all of it; called again, for another answer, if it throws an {@link IOException}. */
        T read(InputStream body) throws IOException;
    }

    /**
     * Downloads a document.
     *
     * @param accept its media type
     * @param purpose for messages, for example {@code the splits of NAME}
     */
    <T> T get(URI address, String accept, String purpose, Reading<T> reading) {
        for (int attempt = 0; ; attempt++) {
            boolean last = attempt + 1 >= retries.attempts();
            Duration asked = Duration.ZERO;
            String trouble;
            try {
                HttpResponse<InputStream> answer = send(address, accept, purpose);
                try (InputStream body = answer.body()) {
                    if (answer.statusCode() == OK) {
                        return reading.read(body);
                    }
                    boolean busy = answer.statusCode() == TOO_MANY_REQUESTS || answer.statusCode() >= 500;
                    if (!busy || last) {
                        throw refused(address, purpose, answer.statusCode(), excerpt(body), attempt + 1);
                    }
                }
                asked = seconds(answer.headers().firstValue("Retry-After").orElse(null));
                trouble = "status " + answer.statusCode();
            } catch (IOException e) {
                trouble = isUnconnected(e) ? "no connection to " + address.getHost() : e.toString();
                if (last || (isUnconnected(e) && attempt + 1 >= UNCONNECTED_ATTEMPTS)) {
                    throw new UncheckedIOException(
                            "cannot download " + purpose + " from " + address + " after " + (attempt + 1)
                                    + " attempts: " + trouble
                                    + "; check the network and the address; nothing was written",
                            e);
                }
            }
            LOGGER.log(System.Logger.Level.INFO, "{0}: {1}, trying again", address, trouble);
            retries.pause(attempt, asked);
        }
    }

    /** Whether no server was reached: there is no network, or no server of this name. */
    private static boolean isUnconnected(IOException e) {
        return e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
    }

    private HttpResponse<InputStream> send(URI address, String accept, String purpose) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(REQUEST_TIMEOUT)
                .header("Accept", accept)
                .header("User-Agent", "nanogpt-java")
                .GET()
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
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

    private static String excerpt(InputStream body) throws IOException {
        String text = new String(body.readNBytes(EXCERPT), StandardCharsets.UTF_8);
        return text.isBlank() ? "no explanation" : text.strip().replaceAll("\\s+", " ");
    }

    private static NanogptException refused(URI address, String purpose, int status, String excerpt, int attempts) {
        String advice = switch (status) {
            case 401, 403 ->
                "it is private or needs an agreement, and this downloader sends no credentials;"
                        + " download it by other means and read the file";
            case 404 -> "there is nothing of this name on this server; check the name and the address";
            case TOO_MANY_REQUESTS -> "the server limits requests; try again in some minutes";
            default -> status >= 500 ? "the server failed; try again later" : "check the name";
        };
        return new NanogptException("cannot download " + purpose + ": " + address + " answered status " + status
                + " after " + attempts + (attempts == 1 ? " attempt" : " attempts") + " (" + excerpt + "); " + advice
                + "; nothing was written");
    }
}
