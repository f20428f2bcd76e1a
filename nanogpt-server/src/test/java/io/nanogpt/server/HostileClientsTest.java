package io.nanogpt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.LanguageModel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that misbehave harm nobody else. */
@Timeout(120)
class HostileClientsTest {
    private static final String STREAM = "{\"prompt\": \"the\", \"stream\": true, \"max_tokens\": 1024}";

    private LanguageModel model;
    private ControlledModel controlled;
    private Server server;

    @BeforeEach
    void start() {
        model = Trained.model();
        controlled = new ControlledModel(model);
        server = Server.builder()
                .model("cats", controlled.model())
                .port(0)
                .maxConnections(20)
                .drainTimeout(Duration.ofSeconds(1))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
        model.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String post(String body) {
        return "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void requireHealth() throws Exception {
        assertThat(new Client(server).get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
    }

    @Test
    void aGigabyteIsRefusedBeforeItComes() throws Exception {
        try (Socket socket = connect()) {
            write(socket, "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n");
            assertThat(readAll(socket)).startsWith("HTTP/1.1 413 ").contains("\"code\":\"body_too_large\"");
        }
    }

    @Test
    void aChunkedGigabyteIsRefusedAtTheLimit() throws Exception {
        try (Socket socket = connect()) {
            write(socket, "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
            // The last goes over the limit; nothing is written after the refusal, when the connection may be closed.
            for (int i = 0; i < 17; i++) {
                write(socket, chunk);
            }
            assertThat(readAll(socket)).startsWith("HTTP/1.1 413 ").contains("at most 1048576 bytes");
        }
    }

    @Test
    void tenThousandHeadersAreRefused() throws Exception {
        try (Socket socket = connect()) {
            StringBuilder request = new StringBuilder("GET /health HTTP/1.1\r\nHost: localhost\r\n");
            for (int i = 0; i < 10_000; i++) {
                request.append("X-").append(i).append(": y\r\n");
            }
            write(socket, request.append("\r\n").toString());
            assertThat(readAll(socket)).startsWith("HTTP/1.1 431 ").contains("headers_too_large");
        }
        requireHealth();
    }

    @Test
    void whatIsNotHttpIsRefused() throws Exception {
        for (String text : List.of("\u0016\u0003\u0001 hello\r\n\r\n", "GET / HTTP/1.1 x\r\n\r\n", "HELO\r\n\r\n")) {
            try (Socket socket = connect()) {
                write(socket, text);
                assertThat(readAll(socket)).startsWith("HTTP/1.1 400 ");
            }
        }
        try (Socket socket = connect()) {
            write(socket, "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n\r\n");
            assertThat(readAll(socket)).startsWith("HTTP/1.1 414 ");
        }
    }

    @Test
    void aClientThatGoesAwayFreesItsPlace() throws Exception {
        for (String body : List.of(STREAM, STREAM.replace("true", "false"))) {
            ControlledModel.Call call;
            try (Socket socket = connect()) {
                write(socket, post(body));
                call = controlled.next();
                call.draw("a");
            }
            assertThat(call.text()).failsWithin(30, TimeUnit.SECONDS);
            assertThat(call.text()).isCancelled();
        }
        assertThat(new Client(server).get("/metrics").body()).contains("nanogpt_requests_abandoned_total 2\n");
    }

    @Test
    void aSlowReaderHoldsUpNobodyAndTheModelGoesOn() throws Exception {
        try (Socket slow = connect()) {
            write(slow, post(STREAM.replace("1024", "1000")));
            ControlledModel.Call call = controlled.next();
            // More than the buffers of both ends hold. Nothing here waits for the reader.
            String piece = "x".repeat(50_000);
            for (int i = 0; i < 400; i++) {
                call.draw(piece);
            }
            call.text().complete("");
            CompletableFuture<?> other = new Client(server).postLater("/v1/completions", "{\"prompt\": \"the\"}");
            controlled.next().text().complete("");
            assertThat(other).succeedsWithin(Duration.ofSeconds(30));
            InputStream in = slow.getInputStream();
            long letters = 0;
            StringBuilder end = new StringBuilder();
            while (!end.toString().endsWith("data: [DONE]\n\n\r\n0\r\n\r\n")) {
                byte[] some = in.readNBytes(in.available() == 0 ? 1 : Math.min(in.available(), 65_536));
                String text = new String(some, StandardCharsets.UTF_8);
                letters += text.chars().filter(letter -> letter == 'x').count();
                end.append(text);
                end.delete(0, Math.max(0, end.length() - 100));
            }
            assertThat(letters).isGreaterThanOrEqualTo(400 * 50_000);
        }
    }

    @Test
    void halfOpenConnectionsTakeNoPlaceOfTheModel() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                Socket socket = connect();
                open.add(socket);
                write(socket, "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
            }
            requireHealth();
            CompletableFuture<?> other = new Client(server).postLater("/v1/completions", "{\"prompt\": \"the\"}");
            controlled.next().text().complete("");
            assertThat(other).succeedsWithin(Duration.ofSeconds(30));
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void moreConnectionsThanMayAreClosed() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Socket socket = connect();
                open.add(socket);
                write(socket, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            try (Socket last = connect()) {
                assertThat(last.getInputStream().read()).isEqualTo(-1);
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void aRequestBeforeTheAnswerToTheOneBeforeIsNotAnswered() throws Exception {
        try (Socket socket = connect()) {
            // One write, so that the second is there before the model is asked for the answer to the first.
            write(socket, post("{\"prompt\": \"the\"}") + "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            ControlledModel.Call call = controlled.next();
            call.draw("cat");
            call.text().complete("cat");
            assertThat(readAll(socket)).startsWith("HTTP/1.1 200 ").contains("\"text\":\"cat\"");
        }
    }
}
