package io.nanogpt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.LanguageModel;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.generate.GenerationOptions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chat completions are the answers of the model, in OpenAI's form. */
@Timeout(300)
class ChatTest {
    private static final String PATH = "/v1/chat/completions";
    private static final GenerationOptions OPTIONS =
            GenerationOptions.temperature(0.8).withMaxTokens(30).withSeed(7);
    private static final List<Message> MESSAGES = List.of(Message.system("a cat"), Message.user("the dog"));

    private static LanguageModel model;
    private static LanguageModel other;
    private static Server server;
    private static Client client;

    @BeforeAll
    static void start() {
        model = Trained.model();
        model.chatTemplate(ChatTemplate.plain());
        other = Trained.model();
        server = Server.builder()
                .model("cats", model)
                .model("other", other)
                .port(0)
                .start();
        client = new Client(server);
    }

    @AfterAll
    static void stop() {
        server.close();
        model.close();
        other.close();
    }

    private static String request(String more) {
        return "{\"model\": \"cats\", \"messages\": [{\"role\": \"system\", \"content\": \"a cat\"}, {\"role\":"
                + " \"user\", \"content\": \"the dog\"}], \"max_completion_tokens\": 30, \"temperature\": 0.8,"
                + " \"seed\": 7" + more
                + "}";
    }

    private static Object content(Map<String, Object> choice) {
        return Client.map(choice.get("message")).get("content");
    }

    @Test
    void aWholeAnswerIsThatOfTheModel() throws Exception {
        Map<String, Object> answer = client.answer(PATH, request(""));
        assertThat(answer.get("object")).isEqualTo("chat.completion");
        String expected = model.chat(MESSAGES, OPTIONS);
        assertThat(content(Client.choices(answer).get(0))).isEqualTo(expected);
        assertThat(Client.map(answer.get("usage")).get("prompt_tokens").toString())
                .isEqualTo(Integer.toString(model.chatPrompt(MESSAGES).tokenCount()));
        String parts = request("")
                .replace(
                        "\"the dog\"",
                        "[{\"type\": \"text\", \"text\": \"the \"}, {\"type\": \"text\", \"text\": \"dog\"}]")
                .replace("\"system\"", "\"developer\"")
                .replace("max_completion_tokens", "max_tokens");
        assertThat(content(Client.choices(client.answer(PATH, parts)).get(0))).isEqualTo(expected);
    }

    @Test
    void aStreamHasTheWholeAnswer() throws Exception {
        List<Map<String, Object>> chunks = Client.chunks(
                client.post(PATH, request(", \"stream\": true, \"stream_options\": {\"include_usage\": true}"))
                        .body());
        assertThat(chunks.get(0).get("object")).isEqualTo("chat.completion.chunk");
        assertThat(Client.map(Client.choices(chunks.get(0)).get(0).get("delta")).get("role"))
                .isEqualTo("assistant");
        String text = chunks.stream()
                .flatMap(chunk -> Client.choices(chunk).stream())
                .map(choice -> String.valueOf(Client.map(choice.get("delta")).getOrDefault("content", "")))
                .collect(Collectors.joining());
        assertThat(text).isEqualTo(model.chat(MESSAGES, OPTIONS));
        assertThat(chunks.get(chunks.size() - 1)).containsKey("usage");
    }

    @Test
    void samplesLogProbabilitiesAndJson() throws Exception {
        List<Map<String, Object>> choices =
                Client.choices(client.answer(PATH, request(", \"n\": 2, \"logprobs\": true, \"top_logprobs\": 2")));
        assertThat(content(choices.get(1))).isEqualTo(model.chat(MESSAGES, OPTIONS.withSeed(8)));
        List<Object> tokens =
                Client.list(Client.map(choices.get(0).get("logprobs")).get("content"));
        assertThat(tokens.stream()
                        .map(token -> Client.map(token).get("token").toString())
                        .collect(Collectors.joining()))
                .isEqualTo(content(choices.get(0)));
        assertThat(tokens)
                .allMatch(token ->
                        Client.list(Client.map(token).get("top_logprobs")).size() == 2);
        String format = ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"digit\","
                + " \"schema\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 9}}}";
        assertThat(content(Client.choices(client.answer(PATH, request(format))).get(0))
                        .toString())
                .matches("[0-9]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\": \"other\", \"messages\": []} | 400 no_chat_template model: the model has no chat template",
                "{\"model\": \"cats\"} | 400 missing_required_parameter messages: messages is missing",
                "{\"model\": \"cats\", \"messages\": []} | 400 invalid_value messages: messages must be an array",
                "{\"model\": \"cats\", \"messages\": [1]} | 400 invalid_value messages[0]: messages[0] must be an"
                        + " object",
                "{\"model\": \"cats\", \"messages\": [{\"role\": \"tool\", \"content\": \"a\"}]} | 400 invalid_value"
                        + " messages[0].role: messages[0].role must be system, developer, user or assistant",
                "{\"model\": \"cats\", \"messages\": [{\"role\": \"user\"}]} | 400 missing_required_parameter"
                        + " messages[0].content: messages[0].content is missing",
                "{\"model\": \"cats\", \"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}"
                        + " | 400 unsupported_parameter messages[0].content: this server reads parts of the type text"
                        + " alone",
                "{\"model\": \"cats\", \"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"tools\": [1]} | 400"
                        + " unsupported_parameter tools: this server does not support tools",
                "{\"model\": \"cats\", \"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"top_logprobs\": 1}"
                        + " | 400 invalid_value top_logprobs: top_logprobs needs logprobs"
            })
    void whatCannotBeReadIsRefused(String json, String expected) throws Exception {
        assertThat(client.error(PATH, json)).startsWith(expected);
    }
}
