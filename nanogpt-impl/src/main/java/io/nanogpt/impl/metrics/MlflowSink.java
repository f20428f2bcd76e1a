package io.nanogpt.impl.metrics;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.train.MetricSink;
import io.nanogpt.train.TrainingPlan;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Logs to a run on an MLflow server, over version 2.0 of its REST API. A background thread sends the metrics in order,
 * so that no step waits for the network. A resumed run keeps its id.
 */
final class MlflowSink implements MetricSink {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int NOT_FOUND = 404;

    private final URI server;
    private final String experiment;
    private final SteadyTime time;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final ExecutorService sender = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "nanogpt-mlflow");
        thread.setDaemon(true);
        return thread;
    });
    private volatile @Nullable RuntimeException failure;
    private String runId = "";

    MlflowSink(URI server, String experiment, SteadyTime time) {
        this.server = server;
        this.experiment = experiment;
        this.time = time;
    }

    @Override
    public void start(TrainingPlan plan) {
        if (runId.isEmpty()) {
            String experimentId = experimentId();
            runId = post("runs/create", json -> {
                        json.writeStringField("experiment_id", experimentId);
                        json.writeNumberField("start_time", time.millis());
                    })
                    .member("run")
                    .member("info")
                    .member("run_id")
                    .string();
            parameter("parameters", plan.parameters());
            parameter("tokens_per_step", plan.tokensPerStep());
            parameter("steps", plan.steps());
        }
    }

    private String experimentId() {
        HttpResponse<String> found = send(HttpRequest.newBuilder(uri("experiments/get-by-name?experiment_name="
                        + URLEncoder.encode(experiment, StandardCharsets.UTF_8)))
                .GET());
        if (found.statusCode() != NOT_FOUND) {
            return parse(found).member("experiment").member("experiment_id").string();
        }
        return post("experiments/create", json -> json.writeStringField("name", experiment))
                .member("experiment_id")
                .string();
    }

    private void parameter(String key, long value) {
        post("runs/log-parameter", json -> {
            json.writeStringField("run_id", runId);
            json.writeStringField("key", key);
            json.writeStringField("value", Long.toString(value));
        });
    }

    @Override
    public void scalars(int step, Map<String, Double> values) {
        long now = time.millis();
        enqueue("runs/log-batch", json -> {
            json.writeStringField("run_id", runId);
            json.writeArrayFieldStart("metrics");
            for (Map.Entry<String, Double> entry : values.entrySet()) {
                json.writeStartObject();
                json.writeStringField("key", entry.getKey());
                json.writeNumberField("value", entry.getValue());
                json.writeNumberField("timestamp", now);
                json.writeNumberField("step", step);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    @Override
    public void text(int step, String name, String text) {
        enqueue("runs/set-tag", json -> {
            json.writeStringField("run_id", runId);
            json.writeStringField("key", name + "." + step);
            json.writeStringField("value", text);
        });
    }

    @Override
    public String state() {
        return runId;
    }

    @Override
    public void restore(String state) {
        runId = state;
    }

    @Override
    public void close() {
        enqueue("runs/update", json -> {
            json.writeStringField("run_id", runId);
            json.writeStringField("status", "FINISHED");
            json.writeNumberField("end_time", time.millis());
        });
        sender.shutdown();
        try {
            sender.awaitTermination(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        rethrow();
    }

    private void enqueue(String path, Body body) {
        rethrow();
        sender.execute(() -> {
            if (failure != null) {
                return;
            }
            try {
                post(path, body);
            } catch (RuntimeException e) {
                failure = e;
            }
        });
    }

    private void rethrow() {
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
    }

    private JsonValue post(String path, Body body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.factory().createGenerator(text)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A StringWriter throws none.
        }
        return parse(send(HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(text.toString()))));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("the MLflow server " + server + " does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NanogptInterruptedException("interrupted while waiting for the MLflow server " + server, e);
        }
    }

    private JsonValue parse(HttpResponse<String> response) {
        if (response.statusCode() / 100 != 2) {
            throw new NanogptException(response.uri() + " answered " + response.statusCode() + ": " + response.body());
        }
        return JsonValue.parse(response.body(), response.uri().toString(), "a response of MLflow");
    }

    private URI uri(String path) {
        return URI.create(server.toString().replaceAll("/+$", "") + "/api/2.0/mlflow/" + path);
    }

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    @Override
    public String toString() {
        return "the MLflow server " + server;
    }
}
