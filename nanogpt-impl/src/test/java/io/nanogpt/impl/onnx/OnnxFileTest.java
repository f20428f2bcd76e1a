package io.nanogpt.impl.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.cpu.Family;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.spi.ParameterStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Written files, read back by protobuf's own parser. Field numbers are those of onnx.proto. */
class OnnxFileTest {
    private static final String TABLE = "tok_emb.weight";
    private static final String MATRIX = "blocks.1.mlp.fc.weight";

    @TempDir
    private Path folder;

    @Test
    void theFileFollowsOnnxProto() throws IOException {
        UnknownFieldSet model = export(OnnxExportOptions.portable().withLicense("MIT"));
        assertThat(model.getField(1).getVarintList()).containsExactly(11L);
        assertThat(text(model, 2)).isEqualTo("nanogpt");
        List<UnknownFieldSet> opsets = messages(model, 8);
        assertThat(opsets).hasSize(1);
        assertThat(opsets.get(0).getField(2).getVarintList()).containsExactly(23L);
        Map<String, String> metadata = new LinkedHashMap<>();
        messages(model, 14).forEach(entry -> metadata.put(text(entry, 1), text(entry, 2)));
        assertThat(metadata)
                .containsEntry("nanogpt.architecture", Family.CAPTIONS.architecture.kind())
                .containsEntry("nanogpt.context_length", "12")
                .containsEntry("nanogpt.version", "1.2.3")
                .containsEntry("license", "MIT");

        UnknownFieldSet graph = messages(model, 7).get(0);
        assertThat(messages(graph, 11).stream().map(input -> text(input, 1)))
                .containsExactlyInAnyOrder(
                        "input_ids",
                        "position_ids",
                        "attention_mask",
                        "logits_positions",
                        "past_key_values.0.key",
                        "past_key_values.0.value",
                        "past_key_values.1.key",
                        "past_key_values.1.value");
        assertThat(messages(graph, 12).stream().map(output -> text(output, 1)))
                .containsExactlyInAnyOrder(
                        "logits", "present.0.key", "present.0.value", "present.1.key", "present.1.value");
        assertThat(messages(graph, 1).stream().map(node -> text(node, 4)))
                .contains("Attention", "LayerNormalization", "Gelu", "MatMul")
                .doesNotContain("GroupQueryAttention");
    }

    @Test
    void weightsAreInTheGraph() throws IOException {
        Map<String, UnknownFieldSet> tensors = tensors(export(OnnxExportOptions.portable()));
        assertThat(floats(raw(tensors.get(TABLE)))).containsExactly(values(TABLE));
        UnknownFieldSet matrix = tensors.get(MATRIX + "/transposed");
        assertThat(matrix.getField(1).getVarintList()).containsExactly(16L, 64L);
        float[] transposed = floats(raw(matrix));
        float[] values = values(MATRIX);
        for (int i = 0; i < 64; i++) {
            for (int j = 0; j < 16; j++) {
                assertThat(transposed[j * 64 + i]).isEqualTo(values[i * 16 + j]);
            }
        }
        assertThat(folder.resolve(OnnxExporter.DATA_FILE)).doesNotExist();
    }

    @Test
    void weightsAreBesideTheGraph() throws IOException {
        Map<String, UnknownFieldSet> tensors =
                tensors(export(OnnxExportOptions.portable().withExternalData(true)));
        UnknownFieldSet table = tensors.get(TABLE);
        assertThat(table.hasField(9)).isFalse();
        assertThat(table.getField(14).getVarintList()).containsExactly(1L);
        Map<String, String> place = new LinkedHashMap<>();
        messages(table, 13).forEach(entry -> place.put(text(entry, 1), text(entry, 2)));
        assertThat(place).containsEntry("location", OnnxExporter.DATA_FILE);
        int offset = Integer.parseInt(place.get("offset"));
        assertThat(offset % 65_536).isZero();
        byte[] data = Files.readAllBytes(folder.resolve(OnnxExporter.DATA_FILE));
        ByteBuffer bytes = ByteBuffer.wrap(data, offset, Integer.parseInt(place.get("length")));
        assertThat(floats(bytes)).containsExactly(values(TABLE));
        assertThat(tensors.get("ln_f.weight").hasField(9)).isTrue();
    }

    @Test
    void onnxRuntimesOwnOperatorsAreOfItsDomain() throws IOException {
        try (CpuBackend backend = CpuBackend.open(1)) {
            OnnxExporter.write(
                    TestModels.GPT,
                    TestModels.random(backend, TestModels.GPT),
                    OnnxExportOptions.onnxruntime(),
                    Map.of(),
                    folder);
        }
        UnknownFieldSet model = UnknownFieldSet.parseFrom(Files.readAllBytes(folder.resolve(OnnxExporter.FILE)));
        assertThat(messages(model, 8).stream().map(opset -> text(opset, 1))).containsExactly("", "com.microsoft");
        assertThat(messages(messages(model, 7).get(0), 1).stream()
                        .filter(node -> node.hasField(7))
                        .map(node -> text(node, 4) + " of " + text(node, 7)))
                .containsExactly(
                        "SkipLayerNormalization of com.microsoft",
                        "GroupQueryAttention of com.microsoft",
                        "SkipLayerNormalization of com.microsoft",
                        "SkipLayerNormalization of com.microsoft",
                        "GroupQueryAttention of com.microsoft",
                        "SkipLayerNormalization of com.microsoft",
                        "SkipLayerNormalization of com.microsoft");
    }

    @Test
    void aGraphForGenAiHasItsInputsAndItsConfiguration() throws IOException {
        export(OnnxExportOptions.genAi());
        UnknownFieldSet graph = messages(
                        UnknownFieldSet.parseFrom(Files.readAllBytes(folder.resolve(OnnxExporter.FILE))), 7)
                .get(0);
        assertThat(messages(graph, 11).stream().map(input -> text(input, 1)).filter(name -> !name.startsWith("past")))
                .containsExactlyInAnyOrder("input_ids", "position_ids", "attention_mask");
        JsonValue config = JsonValue.read(folder.resolve("genai_config.json"), "a configuration");
        JsonValue decoder = config.member("model").member("decoder");
        assertThat(decoder.member("num_hidden_layers").integer(1, 99)).isEqualTo(2);
        assertThat(decoder.member("head_size").integer(1, 99)).isEqualTo(4);
        assertThat(config.member("search").member("past_present_share_buffer").bool())
                .isFalse();
        assertThatThrownBy(() -> GenAiConfig.of(Family.LSTM.architecture, Family.LSTM.architecture.graph()))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("only transformers");
    }

    private UnknownFieldSet export(OnnxExportOptions options) throws IOException {
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters =
                    backend.allocate(Family.CAPTIONS.architecture.graph().parameters());
            Family.CAPTIONS.load(parameters);
            OnnxExporter.write(
                    Family.CAPTIONS.architecture, parameters, options, Map.of("nanogpt.version", "1.2.3"), folder);
        }
        return UnknownFieldSet.parseFrom(Files.readAllBytes(folder.resolve(OnnxExporter.FILE)));
    }

    private static float[] values(String parameter) {
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters =
                    backend.allocate(Family.CAPTIONS.architecture.graph().parameters());
            Family.CAPTIONS.load(parameters);
            int elements = parameters.specs().stream()
                    .filter(spec -> spec.name().equals(parameter))
                    .findFirst()
                    .orElseThrow()
                    .elements();
            float[] values = new float[elements];
            parameters.read(parameter, values);
            return values;
        }
    }

    private static Map<String, UnknownFieldSet> tensors(UnknownFieldSet model) throws IOException {
        Map<String, UnknownFieldSet> tensors = new LinkedHashMap<>();
        messages(messages(model, 7).get(0), 5).forEach(tensor -> tensors.put(text(tensor, 8), tensor));
        return tensors;
    }

    private static ByteBuffer raw(UnknownFieldSet tensor) {
        return tensor.getField(9).getLengthDelimitedList().get(0).asReadOnlyByteBuffer();
    }

    private static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static String text(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
    }

    private static List<UnknownFieldSet> messages(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().stream()
                .map(OnnxFileTest::parse)
                .toList();
    }

    private static UnknownFieldSet parse(ByteString bytes) {
        try {
            return UnknownFieldSet.parseFrom(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
