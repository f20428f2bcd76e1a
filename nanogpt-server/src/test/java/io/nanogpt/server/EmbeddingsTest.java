package io.nanogpt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings are those of the model, with length 1. */
@Timeout(120)
class EmbeddingsTest {
    private static final String PATH = "/v1/embeddings";

    private static LanguageModel model;
    private static LanguageModel counts;
    private static Server server;
    private static Client client;

    @BeforeAll
    static void start() {
        model = Trained.model();
        counts = LanguageModel.ngram(Corpus.ofText("the cat sat"), model.tokenizer(), 2);
        server = Server.builder()
                .model("cats", model)
                .model("counts", counts)
                .port(0)
                .start();
        client = new Client(server);
    }

    @AfterAll
    static void stop() {
        server.close();
        counts.close();
        model.close();
    }

    private static List<Map<String, Object>> data(Map<String, Object> answer) {
        return Client.list(answer.get("data")).stream().map(Client::map).toList();
    }

    @Test
    void numbersAndBase64() throws Exception {
        Map<String, Object> answer =
                client.answer(PATH, "{\"model\": \"cats\", \"input\": [\"the cat\", \"a dog ran\"]}");
        assertThat(answer.get("usage").toString()).contains("prompt_tokens=16", "total_tokens=16");
        List<float[]> expected = model.embed(List.of("the cat", "a dog ran"));
        for (int text = 0; text < 2; text++) {
            List<Object> numbers = Client.list(data(answer).get(text).get("embedding"));
            double length = 0;
            for (float each : expected.get(text)) {
                length += (double) each * each;
            }
            assertThat(numbers).hasSize(32);
            for (int i = 0; i < numbers.size(); i++) {
                double number = ((Number) numbers.get(i)).doubleValue();
                assertThat(number).isCloseTo(expected.get(text)[i] / Math.sqrt(length), within(1e-6));
            }
        }
        Map<String, Object> packed =
                client.answer(PATH, "{\"model\": \"cats\", \"input\": \"the cat\", \"encoding_format\": \"base64\"}");
        ByteBuffer bytes = ByteBuffer.wrap(
                        Base64.getDecoder().decode((String) data(packed).get(0).get("embedding")))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (Object number : Client.list(data(answer).get(0).get("embedding"))) {
            assertThat(bytes.getFloat()).isEqualTo(((Number) number).floatValue());
        }
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\": \"cats\"} | 400 missing_required_parameter input: input is missing",
                "{\"input\": \"a\"} | 400 missing_required_parameter model: model is missing",
                "{\"model\": \"cats\", \"input\": []} | 400 invalid_value input: input must be a string or an array of"
                        + " 1",
                "{\"model\": \"cats\", \"input\": [[1, 2]]} | 400 unsupported_parameter input: this server takes texts",
                "{\"model\": \"cats\", \"input\": \"\"} | 400 invalid_value input: input has no token, so it has no embedding",
                "{\"model\": \"cats\", \"input\": [\"a\", \"\"]} | 400 invalid_value input[1]: input[1] has no token,",
                "{\"model\": \"cats\", \"input\": [\"a\", \"ü\"]} | 400 invalid_value input[1]: input[1]: ",
                "{\"model\": \"cats\", \"input\": \"a\", \"dimensions\": 8} | 400 unsupported_parameter dimensions:",
                "{\"model\": \"cats\", \"input\": \"a\", \"encoding_format\": \"x\"} | 400 invalid_value"
                        + " encoding_format:",
                "{\"model\": \"counts\", \"input\": \"a\"} | 400 null null: this model does not expose its hidden"
                        + " states"
            })
    void whatHasNoEmbeddingIsRefused(String json, String expected) throws Exception {
        assertThat(client.error(PATH, json)).startsWith(expected);
    }
}
