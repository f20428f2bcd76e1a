package io.nanogpt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is answered, and where. */
@Timeout(120)
@Tag("any-jdk")
class AccessTest {
    private LanguageModel model;

    @BeforeEach
    void train() {
        model = Trained.model();
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Server.Builder builder() {
        return Server.builder().model("cats", model).port(0);
    }

    @Test
    void aKeyIsNeededWhereThereIsOne() throws Exception {
        try (Server server = builder().apiKey("top secret").start()) {
            Client client = new Client(server);
            assertThat(client.get("/health").statusCode()).isEqualTo(200);
            assertThat(client.get("/").statusCode()).isEqualTo(200);
            for (String path : new String[] {"/v1/models", "/metrics", "/v1/nothing"}) {
                assertThat(Client.error(client.get(path)))
                        .startsWith("401 invalid_api_key null: the request has no key");
            }
            for (String wrong : new String[] {"Bearer top secre", "Bearer top secret2", "Bearer", "Basic top secret"}) {
                HttpResponse<String> response = client.send(client.request("/v1/completions")
                        .header("Authorization", wrong)
                        .POST(BodyPublishers.ofString("{\"prompt\": \"the\"}"))
                        .build());
                assertThat(response.statusCode()).as(wrong).isEqualTo(401);
                assertThat(response.headers().firstValue("www-authenticate")).hasValue("Bearer");
            }
            HttpRequest right = client.request("/v1/models")
                    .header("Authorization", "Bearer top secret")
                    .build();
            assertThat(client.send(right).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Host: localhost, 200",
        "Host: LOCALHOST:1, 200",
        "Host: 127.0.0.1:8080, 200",
        "Host: [::1]:8080, 200",
        "Host: evil.example, 403",
        "Host: evil.example:8080, 403",
        "Host: localhost.evil.example, 403",
        "X: y, 403",
        "Host: localhost;Host: evil.example, 403",
        "Host: localhost:8080;Origin: http://localhost:8080, 200",
        "Host: localhost:8080;Origin: http://evil.example, 403",
        "Host: localhost:8080;Origin: http://localhost:8081, 403",
        "Host: localhost;Origin: null, 403"
    })
    void pagesOfOthersAreRefused(String headers, int status) throws Exception {
        try (Server server = builder().start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String request =
                    "GET /v1/models HTTP/1.1\r\n" + headers.replace(";", "\r\n") + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ").doesNotContainIgnoringCase("access-control");
        }
    }

    @Test
    void otherMachinesNeedAKeyUnlessToldSo() {
        assertThatThrownBy(() -> builder().host("0.0.0.0").start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without a key; give it a key, or set withoutKey if that is meant");
        try (Server server = builder().host("0.0.0.0").withoutKey().start()) {
            assertThat(server.port()).isPositive();
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        try (Server server = builder().start()) {
            int port = server.port();
            assertThatThrownBy(() -> builder().port(port).start())
                    .isInstanceOf(NanogptException.class)
                    .hasMessageStartingWith("cannot listen at 127.0.0.1:" + port + ": ");
        }
    }

    @Test
    void aServerNeedsAModelAndLimitsThatWork() {
        assertThatThrownBy(() -> Server.builder().start()).hasMessageStartingWith("a server needs a model");
        assertThatThrownBy(() -> builder().host("no such host.").start()).hasMessageContaining("is not known");
        assertThatThrownBy(() -> builder().port(-1)).hasMessage("port must be from 0 to 65535, but is -1");
        assertThatThrownBy(() -> builder().apiKey(" x")).hasMessageContaining("must not be blank");
        assertThatThrownBy(() -> builder().maxTokens(0)).hasMessage("maxTokens must be at least 1, but is 0");
    }

    @Test
    void pathsAndMethods() throws Exception {
        try (Server server = builder().start()) {
            Client client = new Client(server);
            assertThat(Client.error(client.get("/v1/nothing"))).startsWith("404 unknown_url");
            assertThat(Client.error(client.get("/v1/completions"))).startsWith("405 method_not_allowed");
            assertThat(client.error("/v1/models", "{}")).startsWith("405 method_not_allowed");
            assertThat(client.get("/v1/models/cats").body()).contains("\"id\":\"cats\"", "\"context_length\":48");
            assertThat(Client.error(client.get("/v1/models/dogs"))).startsWith("404 model_not_found model");
            HttpRequest head = client.request("/health")
                    .method("HEAD", BodyPublishers.noBody())
                    .build();
            assertThat(client.send(head).statusCode()).isEqualTo(200);
            assertThat(client.get("/health?x=1").body()).isEqualTo("{\"status\":\"ok\"}");
        }
    }

    @Test
    void thePageAllowsItsOwnScriptAlone() throws Exception {
        try (Server server = builder().start()) {
            HttpResponse<String> page = new Client(server).get("/");
            assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                    .startsWith("default-src 'none'; connect-src 'self';")
                    .contains("frame-ancestors 'none'", "script-src 'sha256-", "style-src 'sha256-")
                    .doesNotContain("unsafe");
            assertThat(page.body())
                    .startsWith("<!doctype html>")
                    .doesNotContain("http://", "https://", "innerHTML", "style=", "onclick");
        }
    }
}
