package io.nanogpt.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A client of a server under test. */
final class Client {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI uri;

    Client(Server server) {
        uri = server.uri();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri.resolve(path));
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).build());
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.ofString(json)).build());
    }

    CompletableFuture<HttpResponse<String>> postLater(String path, String json) {
        return client.sendAsync(
                request(path).POST(BodyPublishers.ofString(json)).build(), BodyHandlers.ofString());
    }

    /** The answer to a request that succeeds. */
    Map<String, Object> answer(String path, String json) throws IOException, InterruptedException {
        HttpResponse<String> response = post(path, json);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return object(response.body());
    }

    /** The error that a request is answered with, as {@code status code param: message}. */
    String error(String path, String json) throws IOException, InterruptedException {
        return error(post(path, json));
    }

    static String error(HttpResponse<String> response) {
        Map<String, Object> error = map(object(response.body()).get("error"));
        return response.statusCode() + " " + error.get("code") + " " + error.get("param") + ": " + error.get("message");
    }

    static Map<String, Object> object(String json) {
        return Json.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    /** The choices of an answer. */
    static List<Map<String, Object>> choices(Map<String, Object> answer) {
        return list(answer.get("choices")).stream().map(Client::map).toList();
    }

    /** The texts of the choices of an answer. */
    static List<Object> texts(Map<String, Object> answer) {
        return choices(answer).stream().map(choice -> choice.get("text")).toList();
    }

    /** The chunks of a stream, which must end as streams do. */
    static List<Map<String, Object>> chunks(String body) {
        List<Map<String, Object>> chunks = new ArrayList<>();
        List<String> events = List.of(body.split("\n\n"));
        for (String event : events.subList(0, events.size() - 1)) {
            chunks.add(object(event.substring("data: ".length())));
        }
        if (!events.get(events.size() - 1).equals("data: [DONE]")) {
            throw new AssertionError("the stream ends with " + events.get(events.size() - 1));
        }
        return chunks;
    }
}
