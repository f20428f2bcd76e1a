package io.nanogpt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Completions have the texts of the model, in OpenAI's form. */
@Timeout(300)
class CompletionsTest {
    private static final String PATH = "/v1/completions";
    private static final GenerationOptions OPTIONS =
            GenerationOptions.temperature(0.8).withMaxTokens(30).withSeed(7);

    private static LanguageModel model;
    private static Server server;
    private static Client client;

    @BeforeAll
    static void start() {
        model = Trained.model();
        server = Server.builder().model("cats", model).port(0).maxTokens(200).start();
        client = new Client(server);
    }

    @AfterAll
    static void stop() {
        server.close();
        model.close();
    }

    private static String request(String more) {
        return "{\"model\": \"cats\", \"prompt\": \"the cat\", \"max_tokens\": 30, \"temperature\": 0.8, \"seed\": 7"
                + more + "}";
    }

    @Test
    void aWholeCompletionHasTheTextOfTheModel() throws Exception {
        Map<String, Object> answer = client.answer(PATH, request(""));
        assertThat(Client.texts(answer)).containsExactly(model.generate("the cat", OPTIONS));
        assertThat(answer.get("object")).isEqualTo("text_completion");
        assertThat(answer.get("model")).isEqualTo("cats");
        assertThat(Client.choices(answer).get(0).get("finish_reason")).isEqualTo("length");
        assertThat(Client.map(answer.get("usage")).toString())
                .isEqualTo("{prompt_tokens=7, completion_tokens=30, total_tokens=37}");
    }

    @Test
    void aStreamHasTheWholeTextAndEndsWithItsUsage() throws Exception {
        HttpResponse<String> response =
                client.post(PATH, request(", \"stream\": true, \"stream_options\": {\"include_usage\": true}"));
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        List<Map<String, Object>> chunks = Client.chunks(response.body());
        String text = chunks.stream()
                .flatMap(chunk -> Client.texts(chunk).stream())
                .map(Object::toString)
                .collect(Collectors.joining());
        assertThat(text).isEqualTo(model.generate("the cat", OPTIONS));
        assertThat(chunks).hasSize(32);
        assertThat(Client.choices(chunks.get(30)).get(0).get("finish_reason")).isEqualTo("length");
        assertThat(chunks.get(31).get("choices")).isEqualTo(List.of());
        assertThat(Client.map(chunks.get(31).get("usage")).get("total_tokens").toString())
                .isEqualTo("37");
    }

    @Test
    void samplesAndPrompts() throws Exception {
        assertThat(Client.texts(client.answer(PATH, request(", \"n\": 3"))))
                .isEqualTo(model.samples("the cat", 3, OPTIONS));
        String two = request(", \"n\": 2").replace("\"the cat\"", "[\"the cat\", \"a dog\"]");
        List<String> expected = new ArrayList<>(model.samples("the cat", 2, OPTIONS));
        expected.addAll(model.samples("a dog", 2, OPTIONS));
        assertThat(Client.texts(client.answer(PATH, two))).isEqualTo(expected);
    }

    @Test
    void everyOptionHasItsEffect() throws Exception {
        GenerationOptions options = OPTIONS.withTopP(0.9)
                .withTopK(5)
                .withMinP(0.01)
                .withRepetitionPenalty(1.1)
                .withFrequencyPenalty(0.5)
                .withPresencePenalty(-0.5)
                .withStop("at");
        String json = request(", \"top_p\": 0.9, \"top_k\": 5, \"min_p\": 0.01, \"repetition_penalty\": 1.1,"
                + " \"frequency_penalty\": 0.5, \"presence_penalty\": -0.5, \"stop\": [\"at\"], \"user\": \"x\"");
        assertThat(Client.texts(client.answer(PATH, json))).containsExactly(model.generate("the cat", options));
        int space = model.tokenizer().encode(" ")[0];
        String biased = request(", \"logit_bias\": {\"" + space + "\": -100}");
        assertThat(Client.texts(client.answer(PATH, biased)).get(0).toString()).doesNotContain(" ");
        Map<String, Object> stopped = client.answer(
                PATH, request(", \"stop\": \" \", \"temperature\": 0").replace("\"temperature\": 0.8, ", ""));
        assertThat(Client.choices(stopped).get(0).get("finish_reason")).isEqualTo("stop");
    }

    @Test
    void withoutASeedEachTextIsAnother() throws Exception {
        String json =
                request("").replace(", \"seed\": 7", "").replace("0.8", "2").replace("30", "100");
        assertThat(Client.texts(client.answer(PATH, json))).isNotEqualTo(Client.texts(client.answer(PATH, json)));
    }

    @Test
    void logProbabilitiesAreThoseOfTheModel() throws Exception {
        List<Object> expected = new ArrayList<>();
        model.stream(
                "the cat",
                OPTIONS.withLogProbabilities(2),
                token -> expected.add(token.scores().orElseThrow().logProbability()));
        Map<String, Object> answer = client.answer(PATH, request(", \"logprobs\": 2"));
        Map<String, Object> scores = Client.map(Client.choices(answer).get(0).get("logprobs"));
        assertThat(Client.list(scores.get("token_logprobs")).stream()
                        .map(value -> ((Number) value).doubleValue())
                        .toList())
                .isEqualTo(expected);
        assertThat(Client.list(scores.get("tokens")).stream()
                        .map(Object::toString)
                        .collect(Collectors.joining()))
                .isEqualTo(Client.texts(answer).get(0));
        assertThat(Client.list(scores.get("top_logprobs")))
                .allMatch(best -> Client.map(best).size() == 2);
        assertThat(Client.list(scores.get("text_offset")).get(29).toString()).isEqualTo("29");
        List<Map<String, Object>> chunks =
                Client.chunks(client.post(PATH, request(", \"logprobs\": 2, \"stream\": true"))
                        .body());
        Map<String, Object> fourth =
                Client.map(Client.choices(chunks.get(3)).get(0).get("logprobs"));
        assertThat(fourth.get("token_logprobs").toString()).isEqualTo("[" + expected.get(3) + "]");
        assertThat(fourth.get("text_offset").toString()).isEqualTo("[3]");
    }

    @Test
    void aSchemaHolds() throws Exception {
        String format =
                ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"cat\", \"strict\":"
                        + " true, \"schema\": {\"type\": \"object\", \"additionalProperties\": false, \"required\":"
                        + " [\"cat\"], \"properties\": {\"cat\": {\"type\": \"integer\", \"minimum\": 10, \"maximum\":"
                        + " 99}}}}}";
        Map<String, Object> answer = client.answer(PATH, request(format));
        Map<String, Object> cat = Client.object(Client.texts(answer).get(0).toString());
        assertThat(cat.keySet()).containsExactly("cat");
        assertThat(((Number) cat.get("cat")).intValue()).isBetween(10, 99);
        assertThat(Client.choices(answer).get(0).get("finish_reason")).isEqualTo("stop");
        assertThat(client.error(PATH, request(format.replace("99", "99, \"multipleOf\": 2"))))
                .startsWith("400 invalid_value response_format.json_schema.schema: ")
                .contains("multipleOf");
    }

    /** What is wrong with a schema for this vocabulary or number of tokens is found when its text begins. */
    @Test
    void aSchemaThatTheModelCannotFollowIsNamed() throws Exception {
        String format = ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\":"
                + " {\"type\": \"string\", \"pattern\": \"^ZZ$\"}}}";
        for (String stream : List.of("", ", \"stream\": true")) {
            assertThat(client.error(PATH, request(format + stream)))
                    .startsWith("400 invalid_value response_format: the JSON schema, ");
            assertThat(client.error(
                            PATH,
                            request(format.replace("ZZ", "cat cat") + stream).replace("30", "3")))
                    .startsWith("400 invalid_value response_format: the shortest value of the JSON schema takes up to ")
                    .contains("but max_tokens is 3");
        }
    }

    @Test
    void manyAtOnceAreThoseOfEachAlone() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int seed = 0; seed < 64; seed++) {
            String stream = seed % 2 == 0 ? "" : ", \"stream\": true";
            answers.add(client.postLater(PATH, request(stream).replace("\"seed\": 7", "\"seed\": " + seed)));
        }
        for (int seed = 0; seed < 64; seed++) {
            String body = answers.get(seed).get().body();
            String text = seed % 2 == 0
                    ? Client.texts(Client.object(body)).get(0).toString()
                    : Client.chunks(body).stream()
                            .map(chunk -> Client.texts(chunk).get(0).toString())
                            .collect(Collectors.joining());
            assertThat(text).isEqualTo(model.generate("the cat", OPTIONS.withSeed(seed)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | 400 null null: the body of the request is not JSON: Unexpected end-of-input",
                "[] | 400 null null: the body of the request must be a JSON object",
                "{} {} | 400 null null: the body of the request goes on after its JSON object",
                "{\"prompt\": \"a\", \"prompt\": \"b\"} | 400 null null: the body of the request is not JSON:"
                        + " Duplicate",
                "{} | 400 missing_required_parameter prompt: prompt is missing",
                "{\"prompt\": \"\"} | 400 invalid_value prompt: the prompt has no token",
                "{\"prompt\": \"ü\"} | 400 invalid_value prompt:",
                "{\"prompt\": [1, 2]} | 400 unsupported_parameter prompt: this server takes prompts as texts",
                "{\"prompt\": \"a\", \"model\": \"x\"} | 404 model_not_found model: there is no model of this name",
                "{\"prompt\": \"a\", \"model\": 1} | 400 invalid_value model: model must be a string",
                "{\"prompt\": \"a\", \"tools\": []} | 400 unsupported_parameter tools: this server does not know tools",
                "{\"prompt\": \"a\", \"echo\": true} | 400 unsupported_parameter echo: this server does not support",
                "{\"prompt\": \"a\", \"best_of\": 2} | 400 unsupported_parameter best_of",
                "{\"prompt\": \"a\", \"max_tokens\": 201} | 400 invalid_value max_tokens: max_tokens must be a whole"
                        + " number from 1 to 200",
                "{\"prompt\": \"a\", \"n\": 0} | 400 invalid_value n: n must be a whole number from 1 to 128",
                "{\"prompt\": \"a\", \"temperature\": -1} | 400 invalid_value temperature: temperature must be at"
                        + " least 0",
                "{\"prompt\": \"a\", \"temperature\": 1e400} | 400 invalid_value temperature: temperature must be"
                        + " between -1.8e308 and 1.8e308, as numbers of 64-bit floating point are, but is 1E+400",
                "{\"prompt\": \"a\", \"temperature\": \"1\"} | 400 invalid_value temperature: temperature must be a"
                        + " number",
                "{\"prompt\": \"a\", \"top_p\": 0} | 400 invalid_value top_p: top_p must be",
                "{\"prompt\": \"a\", \"stop\": \"\"} | 400 invalid_value stop: a stop text must not be empty",
                "{\"prompt\": \"a\", \"seed\": 1e99} | 400 invalid_value seed: seed must be a whole number of 64 bits",
                "{\"prompt\": \"a\", \"logit_bias\": {\"99999\": 1}} | 400 invalid_value logit_bias:",
                "{\"prompt\": \"a\", \"stream_options\": {}} | 400 invalid_value stream_options: stream_options needs",
                "{\"prompt\": \"a\", \"response_format\": {\"type\": \"json_object\"}} | 400 unsupported_parameter"
                        + " response_format.type: this server writes JSON by a schema alone"
            })
    void whatWouldHaveNoEffectIsRefused(String json, String expected) throws Exception {
        assertThat(client.error(PATH, json)).startsWith(expected);
    }

    /** The thread of the model would be kept from other texts. */
    @Test
    void whatTakesTheModelLongIsRefused() throws Exception {
        assertThat(client.error(PATH, "{\"n\": 100, \"prompt\": \"" + "cat ".repeat(1000) + "\"}"))
                .isEqualTo("400 invalid_value prompt: n times the tokens of the prompts must be at most 262144, but is"
                        + " 400000");
        String format = ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": {\"enum\": ["
                + "\"cat\", ".repeat(20_000) + "\"dog\"]}}}";
        assertThat(client.error(PATH, request(format)))
                .isEqualTo(
                        "400 invalid_value response_format.json_schema.schema: response_format.json_schema.schema must"
                                + " have at most 65536 characters");
    }

    @Test
    void aFullQueueIsToldApart() throws Exception {
        ControlledModel controlled = new ControlledModel(model);
        controlled.fill();
        try (Server full =
                Server.builder().model("full", controlled.model()).port(0).start()) {
            HttpResponse<String> response = new Client(full).post(PATH, "{\"prompt\": \"the\", \"stream\": true}");
            assertThat(Client.error(response)).startsWith("429 rate_limit_exceeded null: as many requests wait as may");
            assertThat(response.headers().firstValue("retry-after")).hasValue("1");
        }
    }

    @Test
    void theTimeLimitEndsTextsAsTheyAre() throws Exception {
        ControlledModel controlled = new ControlledModel(model);
        try (Server slow = Server.builder()
                .model("slow", controlled.model())
                .port(0)
                .timeout(Duration.ofMillis(500))
                .start()) {
            Client slowClient = new Client(slow);
            CompletableFuture<HttpResponse<String>> some = slowClient.postLater(PATH, "{\"prompt\": \"the\"}");
            ControlledModel.Call call = controlled.next();
            call.draw("cat");
            Map<String, Object> answer = Client.object(some.get().body());
            assertThat(Client.texts(answer)).containsExactly("cat");
            assertThat(Client.choices(answer).get(0).get("finish_reason")).isEqualTo("length");
            assertThat(call.text()).isCancelled();
            assertThat(slowClient.error(PATH, "{\"prompt\": \"the\"}"))
                    .startsWith("503 timeout null: no token was generated within");
        }
    }

    @Test
    void anErrorOfTheModelIsToldWithoutItsMessage() throws Exception {
        ControlledModel controlled = new ControlledModel(model);
        try (Server failing =
                Server.builder().model("failing", controlled.model()).port(0).start()) {
            Client failingClient = new Client(failing);
            CompletableFuture<HttpResponse<String>> whole = failingClient.postLater(PATH, "{\"prompt\": \"the\"}");
            controlled.next().text().completeExceptionally(new IllegalStateException("secret"));
            assertThat(Client.error(whole.get())).startsWith("500 internal_error null: an error in the server");
            CompletableFuture<HttpResponse<String>> stream =
                    failingClient.postLater(PATH, "{\"prompt\": \"the\", \"stream\": true}");
            ControlledModel.Call call = controlled.next();
            call.draw("cat");
            call.text().completeExceptionally(new IllegalStateException("secret"));
            assertThat(stream.handle((response, thrown) ->
                            thrown == null ? response.body() : thrown.getClass().getName()))
                    .succeedsWithin(Duration.ofSeconds(30))
                    .asString()
                    .doesNotContain("secret")
                    .doesNotContain("[DONE]");
        }
    }
}
