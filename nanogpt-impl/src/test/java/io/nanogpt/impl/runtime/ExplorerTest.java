package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.cpu.Family;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.inspect.AttentionHead;
import io.nanogpt.inspect.Explorer;
import io.nanogpt.inspect.Inspection;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the page of a model receives. */
@Tag("any-jdk")
@Timeout(120)
class ExplorerTest {
    private static final Tokenizer TOKENIZER =
            Tokenizers.characters().train(Corpus.ofText("abcdefghijklmnopqrstuvwxyz.,;"));
    private static final String TEXT = "the.cat,the";

    @TempDir
    private Path folder;

    private static LanguageModel model(Family family) {
        return NanogptLibrary.open(CpuBackend.open(1), backend -> {
            ParameterStore parameters =
                    backend.allocate(family.architecture.graph().parameters());
            family.load(parameters);
            return new BackendLanguageModel(
                    family.architecture, TOKENIZER, backend, parameters, ModelFolder.About.none());
        });
    }

    private record Answer(int status, String body) {
        JsonValue json() {
            return JsonValue.parse(body, "the answer", "JSON");
        }
    }

    private static Answer get(URI page, String path) {
        return send(HttpRequest.newBuilder(page.resolve(path)).build());
    }

    private static Answer post(URI page, String path, String question) {
        return send(HttpRequest.newBuilder(page.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(question))
                .build());
    }

    private static Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static float[] floats(JsonValue base64) {
        FloatBuffer buffer = ByteBuffer.wrap(Base64.getDecoder().decode(base64.string()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    @Test
    void itServesThePageItsScriptsAndTheModel() {
        try (LanguageModel model = model(Family.CAPTIONS);
                Explorer explorer = Explorer.open(model, "<b>", 0)) {
            Answer page = get(explorer.uri(), "");
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.body()).contains("<title>Explore &lt;b&gt;</title>").doesNotContain("<b>");
            assertThat(get(explorer.uri(), "main.js").body()).contains("import");
            JsonValue about = get(explorer.uri(), "model.json").json();
            assertThat(about.member("heads").elements()).hasSize(2);
            assertThat(about.member("vocabulary").elements().get(5).string()).isEqualTo(TOKENIZER.decode(5));
            assertThat(about.member("unsupported").members()).isEmpty();
            assertThat(TOKENIZER.canEncode(about.member("sample").string())).isTrue();
        }
    }

    @Test
    void itsAnswersAreThoseOfTheInspection() {
        try (LanguageModel model = model(Family.LLAMA);
                Explorer explorer = Explorer.open(model, "llama", 0)) {
            URI page = explorer.uri();
            Inspection whole = model.inspect(TEXT);
            Inspection without = whole.without(new AttentionHead(0, 1));

            JsonValue read = post(page, "inspect", "{\"text\":\"" + TEXT + "\",\"removed\":[[0,1]]}")
                    .json();
            assertThat(read.member("text").string()).isEqualTo(TEXT);
            assertThat(read.member("losses").elements().get(0).isNull()).isTrue();
            assertThat(read.member("losses").elements().get(4).number()).isCloseTo(without.losses()[4], within(1e-6));
            assertThat(floats(read.member("logits"))).isEqualTo(without.logits()[10]);
            JsonValue best =
                    read.member("candidates").elements().get(3).elements().get(0);
            assertThat(best.elements().get(0).integer(0, 28))
                    .isEqualTo(without.candidates(3, 1).get(0).id());

            String ids = read.member("ids").elements().stream()
                    .map(id -> Long.toString(id.integer(0, 28)))
                    .collect(Collectors.joining(",", "{\"ids\":[", "],\"removed\":[]"));
            float[] weights =
                    floats(post(page, "attention", ids + ",\"layer\":1}").json().member("weights"));
            assertThat(weights).hasSize(4 * 11 * 11);
            assertThat(weights[(2 * 11 + 10) * 11 + 6])
                    .isEqualTo(whole.attention().head(1, 2)[10][6]);
            float[] part = floats(post(page, "attention", ids + ",\"layer\":1,\"from\":4,\"to\":11}")
                    .json()
                    .member("weights"));
            assertThat(part).hasSize(4 * 7 * 7);
            assertThat(part[(2 * 7 + 6) * 7 + 2]).isEqualTo(whole.attention().head(1, 2)[10][6]);
            assertThat(post(page, "attention", ids + ",\"layer\":1,\"from\":4,\"to\":12}")
                            .status())
                    .isEqualTo(400);
            JsonValue lens = post(page, "lens", ids + ",\"layer\":1}").json().member("predictions");
            assertThat(lens.elements()).hasSize(11);
            assertThat(lens.elements()
                            .get(7)
                            .elements()
                            .get(0)
                            .elements()
                            .get(0)
                            .integer(0, 28))
                    .isEqualTo(whole.lens(1, 1).get(7).get(0).id());
            float[] next = floats(post(page, "next", ids + "}").json().member("logits"));
            assertThat(next).hasSize(29);
            for (int id = 0; id < next.length; id++) {
                assertThat(next[id]).isCloseTo(whole.logits()[10][id], within(1e-4f));
            }
            assertThat(post(page, "induction", "{\"removed\":[[1,0]]}")
                            .json()
                            .member("scores")
                            .elements())
                    .hasSize(2);
        }
    }

    @Test
    void neighboursAndMapAreThoseOfTheEmbeddings() {
        try (LanguageModel model = model(Family.GPT2);
                Explorer explorer = Explorer.open(model, "gpt2", 0)) {
            Inspection inspection = model.inspect("a");
            JsonValue first = post(explorer.uri(), "neighbours", "{\"id\":3,\"count\":2}")
                    .json()
                    .member("neighbours")
                    .elements()
                    .get(0);
            assertThat(first.elements().get(0).integer(0, 28))
                    .isEqualTo(inspection.neighbours(3, 1).get(0).id());
            JsonValue map = post(explorer.uri(), "map", "{}").json();
            assertThat(floats(map.member("y")))
                    .isEqualTo(inspection.embeddingMap().y());
        }
    }

    @Test
    void refusalsNameWhatIsWrong() {
        try (LanguageModel model = model(Family.LSTM);
                Explorer explorer = Explorer.open(model, "lstm", 0)) {
            URI page = explorer.uri();
            assertThat(get(page, "model.json").json().member("unsupported").members())
                    .containsOnlyKeys("attention", "lens", "ablation");
            Answer answer = post(page, "lens", "{\"text\":\"abc\",\"removed\":[],\"layer\":0}");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("has no attention");
            assertThat(post(page, "inspect", "{\"text\":\"A\",\"removed\":[]}").body())
                    .contains("is not");
            assertThat(post(page, "inspect", "{\"text\":\"\",\"removed\":[]}").body())
                    .contains("at least one");
            assertThat(post(page, "inspect", "{\"ids\":[99],\"removed\":[]}").body())
                    .contains("ids run from 0 to 28");
            assertThat(post(page, "inspect", "{\"ids\":[1],\"removed\":[[1]]}").body())
                    .contains("expected a layer and a head");
        }
    }

    @Test
    void theFolderHasThePageTheGraphAndTheTokenizer() throws IOException {
        try (LanguageModel model = model(Family.CAPTIONS)) {
            Explorer.write(model, "captions", folder);
        }
        JsonValue about = JsonValue.parse(Files.readString(folder.resolve("model/model.json")), "model.json", "JSON");
        assertThat(about.member("probe").member("ids").elements()).hasSize(4 * 12);
        assertThat(about.member("externalData").bool()).isFalse();
        assertThat(floats(about.member("map").member("x"))).hasSize(29);
        assertThat(Files.size(folder.resolve("model/embeddings.bin"))).isEqualTo(29 * 16 * Float.BYTES);
        assertThat(Tokenizers.load(folder.resolve("model/tokenizer.json")).encode(TEXT))
                .isEqualTo(TOKENIZER.encode(TEXT));
        assertThat(folder.resolve("index.html")).content().contains("'wasm-unsafe-eval'", "main.js");
        assertThat(folder.resolve("folder.js")).exists();
        assertThat(Files.size(folder.resolve("model/model.onnx"))).isGreaterThan(1000);
    }

    @Test
    void aFolderThatCannotBeWrittenHasNoPage() throws IOException {
        try (LanguageModel model = model(Family.CAPTIONS)) {
            Explorer.write(model, "first", folder);
            Files.delete(folder.resolve("model/model.json"));
            Files.createDirectory(folder.resolve("model/model.json"));
            assertThatThrownBy(() -> Explorer.write(model, "second", folder)).hasMessageContaining("model.json");
            assertThat(folder.resolve("index.html")).doesNotExist();
        }
    }

    @Test
    void aModelWithoutWeightsIsNotWritten() {
        try (LanguageModel counts = LanguageModel.ngram(Corpus.ofText("abcabc"), TOKENIZER, 2)) {
            assertThatThrownBy(() -> Explorer.write(counts, "counts", folder))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("Explorer.open");
        }
    }
}
