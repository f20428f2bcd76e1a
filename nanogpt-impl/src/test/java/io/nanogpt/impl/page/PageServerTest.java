package io.nanogpt.impl.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests are written by hand, since clients do not let a program set the host. */
@Tag("any-jdk")
@Timeout(60)
class PageServerTest {
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final PageServer server = PageServer.builder()
            .page("", () -> "<p>hello ü</p>")
            .get("data", () -> "{\"a\":1}")
            .post("double", value -> "{\"b\":" + 2 * value.member("a").integer(0, 1000) + "}")
            .post("fail", value -> {
                throw new UnsupportedOperationException("broken");
            })
            .events("events", events -> {
                events.send("step", "{\"n\":\n1}");
                events.ping();
                events.send("step", "{\"n\":2}");
            })
            .events("endless", events -> {
                events.send("first", "1");
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            })
            .start(0);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void servesPagesAndData() throws IOException {
        assertThat(get(server.uri().getPath()))
                .startsWith("HTTP/1.1 200")
                .contains("text/html; charset=utf-8")
                .contains("frame-ancestors 'none'")
                .contains("no-store")
                .endsWith("<p>hello ü</p>");
        assertThat(get(server.uri().getPath() + "data")).endsWith("{\"a\":1}");
    }

    @Test
    void answersJsonWithJson() throws IOException {
        assertThat(post("double", "{\"a\":21}")).startsWith("HTTP/1.1 200").endsWith("{\"b\":42}");
    }

    @Test
    void anErrorOfACallHasItsMessage() throws IOException {
        assertThat(post("double", "{\"a\":\"x\"}"))
                .startsWith("HTTP/1.1 400")
                .contains("expected a whole number from 0 to 1000, but found the string");
        assertThat(post("double", "{")).startsWith("HTTP/1.1 400").contains("broken JSON");
        assertThat(post("fail", "{}")).startsWith("HTTP/1.1 500").contains("broken");
    }

    @Test
    void everyStartHasAnotherSecret() {
        try (PageServer other = PageServer.builder().start(0)) {
            assertThat(other.uri().getPath())
                    .isNotEqualTo(server.uri().getPath())
                    .hasSizeGreaterThan(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/data", "/x/data", "/../data"})
    void nothingIsServedWithoutTheSecret(String path) throws IOException {
        assertThat(get(path)).startsWith("HTTP/1.1 404").contains("the whole address");
    }

    @Test
    void unknownPathsAndMethodsAreRefused() throws IOException {
        String root = server.uri().getPath();
        assertThat(get(root + "nothing")).startsWith("HTTP/1.1 404");
        assertThat(get(root + "double")).startsWith("HTTP/1.1 405");
        assertThat(send("DELETE " + root + "data HTTP/1.1\r\nHost: localhost\r\n"))
                .startsWith("HTTP/1.1 405");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LOCALHOST:1234, 200",
        "127.0.0.1:80, 200",
        "[::1]:80, 200",
        "evil.example, 403",
        "localhost.evil.example, 403",
        "127.0.0.1.evil.example, 403",
        "192.168.0.1, 403"
    })
    void otherHostsAreRefused(String host, int status) throws IOException {
        assertThat(send("GET " + server.uri().getPath() + " HTTP/1.1\r\nHost: " + host + "\r\n"))
                .startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:80, 200",
        "http://evil.example, 403",
        "https://localhost:80, 403",
        "http://localhost:81, 403",
        "null, 403"
    })
    void otherOriginsAreRefused(String origin, int status) throws IOException {
        assertThat(send("GET " + server.uri().getPath() + "data HTTP/1.1\r\nHost: localhost:80\r\nOrigin: " + origin
                        + "\r\n"))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void aBodyMustBeJsonOfBoundedSize() throws IOException {
        String start = "POST " + server.uri().getPath() + "double HTTP/1.1\r\nHost: localhost\r\n";
        assertThat(send(start + "Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}"))
                .startsWith("HTTP/1.1 415");
        assertThat(send(start + "Content-Length: 2\r\n", "{}")).startsWith("HTTP/1.1 415");
        assertThat(post("double", " ".repeat(RequestCheck.LARGEST_BODY) + "{}")).startsWith("HTTP/1.1 413");
    }

    @Test
    void sendsEvents() throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) server.uri().resolve("events").toURL().openConnection();
        assertThat(connection.getContentType()).isEqualTo("text/event-stream; charset=utf-8");
        assertThat(new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("event: step\ndata: {\"n\":\ndata: 1}\n\n:\n\nevent: step\ndata: {\"n\":2}\n\n");
    }

    @Test
    void streamsAreLimitedAndEndWithTheServer() throws Exception {
        URI endless = server.uri().resolve("endless");
        for (int i = 0; i < 16; i++) {
            BufferedReader reader = new BufferedReader(
                    new InputStreamReader(endless.toURL().openConnection().getInputStream(), StandardCharsets.UTF_8));
            assertThat(reader.readLine()).isEqualTo("event: first");
        }
        assertThat(get(endless.getPath())).startsWith("HTTP/1.1 503").contains("close one");
        assertThat(get(server.uri().getPath())).startsWith("HTTP/1.1 200");

        server.close();
        interrupted.await();
        assertThatThrownBy(() -> get("/")).isInstanceOf(ConnectException.class);
    }

    @Test
    void noThreadKeepsAProgramFromEnding() throws IOException {
        assertThat(get(server.uri().getPath())).startsWith("HTTP/1.1 200");
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("nanogpt-page")
                        || thread.getName().startsWith("HTTP-Dispatcher"))
                .isNotEmpty()
                .allMatch(Thread::isDaemon);
    }

    @Test
    void aPortInUseIsNamed() {
        assertThatThrownBy(() -> PageServer.builder().start(server.uri().getPort()))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("port " + server.uri().getPort())
                .hasMessageContaining("choose another port, or 0 for any free one");
    }

    @Test
    void aPortMustExist() {
        assertThatThrownBy(() -> PageServer.builder().start(70000)).hasMessageContaining("from 0 to 65535");
    }

    private String get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    }

    private String post(String path, String json) throws IOException {
        return send(
                "POST " + server.uri().getPath() + path + " HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json; charset=utf-8\r\nContent-Length: " + json.length() + "\r\n",
                json);
    }

    private String send(String head) throws IOException {
        return send(head, "");
    }

    private String send(String head, String body) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
            socket.getOutputStream()
                    .write((head + "Connection: close\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
