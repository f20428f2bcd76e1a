package io.nanogpt.impl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Dataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a local server that answers like the datasets server. */
class DatasetDownloaderTest {
    private static final String SPLITS = "{\"splits\": ["
            + "{\"dataset\": \"owner/set one\", \"config\": \"default\", \"split\": \"train\"},"
            + "{\"dataset\": \"owner/set one\", \"config\": \"default\", \"split\": \"test\"}],"
            + "\"pending\": [], \"failed\": []}";

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final DatasetDownloader downloader =
            new DatasetDownloader(new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(20)));

    @TempDir
    private Path folder;

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void readsAllPagesOfAllSplitsAndKeepsThem() throws IOException {
        serveSplits(SPLITS);
        serve("/rows", exchange -> {
            Map<String, String> query = query(exchange);
            assertThat(query).containsEntry("dataset", "owner/set one").containsEntry("length", "100");
            int total = query.get("split").equals("train") ? 230 : 1;
            answer(exchange, 200, page(query.get("split"), Integer.parseInt(query.get("offset")), total));
        });

        List<String> texts = downloader.texts(dataset());

        List<String> expected = new ArrayList<>();
        IntStream.range(0, 230).forEach(i -> expected.add("train µ " + i));
        expected.add("test µ 0");
        assertThat(texts).isEqualTo(expected);
        assertThat(new FileCorpusReader().json(cache())).isEqualTo(expected);
        assertThat(requests).hasSize(5);

        server.stop(0);
        assertThat(downloader.texts(dataset())).as("from the cache").isEqualTo(expected);
    }

    @Test
    void waitsForABusyServer() {
        AtomicInteger refusals = new AtomicInteger();
        serve("/splits", exchange -> {
            if (refusals.getAndIncrement() < 2) {
                exchange.getResponseHeaders().add("Retry-After", "9999");
                answer(exchange, 429, "{\"error\": \"slow down\"}");
            } else {
                answer(exchange, 200, SPLITS);
            }
        });
        serve("/rows", exchange -> answer(exchange, 200, page("x", 0, 1)));

        assertThat(downloader.texts(dataset())).containsExactly("x µ 0", "x µ 0");
        assertThat(refusals).hasValue(3);
    }

    @Test
    void givesUpOnAServerThatStaysBusy() {
        serve("/splits", exchange -> answer(exchange, 429, "slow down"));
        assertFails("status 429 after 3 attempts (slow down)", "try again in some minutes");
    }

    @Test
    void doesNotRepeatWhatCannotWork() {
        serve("/splits", exchange -> answer(exchange, 404, "{\"error\": \"no such set\"}"));
        assertFails("status 404 after 1 attempt ({\"error\": \"no such set\"})", "check the name");
        assertThat(requests).hasSize(1);
    }

    @Test
    void aFailureInTheMiddleLeavesNothing() {
        serveSplits(SPLITS);
        serve("/rows", exchange -> {
            if (query(exchange).get("offset").equals("100")) {
                answer(exchange, 500, "");
            } else {
                answer(exchange, 200, page("train", 0, 200));
            }
        });
        assertFails("status 500 after 3 attempts", "the server failed");
    }

    @Test
    void aServerThatSendsTooLittleIsNamed() {
        serveSplits(SPLITS);
        serve("/rows", exchange -> answer(exchange, 200, "{\"rows\": [], \"num_rows_total\": 5}"));
        assertFails("announced 5 rows but sent none from row 0 on");
    }

    @Test
    void brokenAnswersAreNamed() {
        serveSplits("{\"splits\": [{\"config\": 3}]}");
        assertFails("splits[0].config: expected a string, but found the number 3");
    }

    @Test
    void missingColumnsAndCutTextsAreNamed() {
        serveSplits(SPLITS);
        AtomicInteger calls = new AtomicInteger();
        serve(
                "/rows",
                exchange -> answer(
                        exchange,
                        200,
                        calls.getAndIncrement() == 0
                                ? "{\"rows\": [{\"row\": {\"text\": \"a\"}}], \"num_rows_total\": 1}"
                                : "{\"rows\": [{\"row\": {\"caption\": \"a\"}, \"truncated_cells\": [\"caption\"]}],"
                                        + " \"num_rows_total\": 1}"));
        assertFails("expected a member \"caption\", but there are only [text]");
        assertFails("the server cut the text of \"caption\"");
    }

    @Test
    void severalConfigurationsNeedADefault() {
        serveSplits(
                "{\"splits\": [{\"config\": \"a\", \"split\": \"train\"}, {\"config\": \"b\", \"split\": \"train\"}]}");
        assertFails("several configurations, [a, b]");
    }

    @Test
    void anUnreachableServerIsNamed() {
        server.stop(0);
        assertThatThrownBy(() -> downloader.texts(dataset()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("after 3 attempts")
                .hasMessageContaining("check the network");
        assertThat(folder).isEmptyDirectory();
    }

    private void assertFails(String... parts) {
        assertThatThrownBy(() -> downloader.texts(dataset()))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll(parts);
        assertThat(folder).isEmptyDirectory();
    }

    private Path cache() {
        return folder.resolve("captions.json");
    }

    private Dataset dataset() {
        URI address = URI.create("http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + "/");
        return new Dataset(address, "owner/set one", "caption", cache());
    }

    private void serveSplits(String splits) {
        serve("/splits", exchange -> answer(exchange, 200, splits));
    }

    private void serve(String path, Handler handler) {
        server.createContext(path, exchange -> {
            requests.add(exchange.getRequestURI().toString());
            try (exchange) {
                handler.handle(exchange);
            }
        });
    }

    private static String page(String split, int offset, int total) {
        String rows = IntStream.range(offset, Math.min(offset + 100, total))
                .mapToObj(i -> "{\"row_idx\": " + i + ", \"row\": {\"id\": " + i + ", \"caption\": \"" + split + " µ "
                        + i + "\"}, \"truncated_cells\": []}")
                .collect(Collectors.joining(","));
        return "{\"features\": [], \"rows\": [" + rows + "], \"num_rows_total\": " + total
                + ", \"num_rows_per_page\": 100, \"partial\": false}";
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        for (String pair : exchange.getRequestURI().getRawQuery().split("&", -1)) {
            int equals = pair.indexOf('=');
            query.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return query;
    }

    /** Answers a request. */
    @FunctionalInterface
    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }
}
