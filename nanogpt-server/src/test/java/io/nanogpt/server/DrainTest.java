package io.nanogpt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.LanguageModel;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is closed lets requests end. */
@Timeout(120)
class DrainTest {
    private static final String PATH = "/v1/completions";
    private static final String JSON = "{\"prompt\": \"the\"}";

    private LanguageModel model;
    private ControlledModel controlled;

    @BeforeEach
    void train() {
        model = Trained.model();
        controlled = new ControlledModel(model);
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Server server(Duration drain) {
        return Server.builder()
                .model("cats", controlled.model())
                .port(0)
                .drainTimeout(drain)
                .start();
    }

    @Test
    void whatIsBeingAnsweredEndsAndNewRequestsAreRefused() throws Exception {
        Server server = server(Duration.ofMinutes(1));
        int port = server.port();
        Client client = new Client(server);
        CompletableFuture<HttpResponse<String>> answer = client.postLater(PATH, JSON);
        ControlledModel.Call call = controlled.next();
        Thread closing = new Thread(server::close);
        closing.start();
        while (client.get("/health").statusCode() == 200) {
            Thread.onSpinWait();
        }
        assertThat(client.get("/health").body()).isEqualTo("{\"status\":\"draining\"}");
        HttpResponse<String> refused = client.post(PATH, JSON);
        assertThat(Client.error(refused)).isEqualTo("503 shutting_down null: the server is shutting down");
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        call.draw("cat");
        call.text().complete("cat");
        assertThat(answer.get().body()).contains("\"text\":\"cat\"");
        closing.join();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void whatTakesLongerIsCut() throws Exception {
        Server server = server(Duration.ofMillis(200));
        CompletableFuture<HttpResponse<String>> answer = new Client(server).postLater(PATH, JSON);
        ControlledModel.Call call = controlled.next();
        server.close();
        assertThat(call.text()).isCancelled();
        assertThat(answer).failsWithin(30, TimeUnit.SECONDS);
    }
}
