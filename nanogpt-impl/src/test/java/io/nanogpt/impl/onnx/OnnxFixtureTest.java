package io.nanogpt.impl.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.cpu.Family;
import io.nanogpt.impl.graph.SequenceMemory;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.onnx.OnnxOptions;
import io.nanogpt.spi.Decoder;
import io.nanogpt.spi.ParameterStore;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exported models against PyTorch's logits. */
@Tag("any-jdk")
class OnnxFixtureTest {
    private static final int LENGTH = Family.LENGTH;
    private static final int VOCABULARY = Family.VOCABULARY;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Family.class)
    void logitsAreThoseOfPyTorch(Family family) {
        List<OpType> types =
                family.architecture.graph().nodes().stream().map(Node::type).toList();
        boolean transformer = types.contains(OpType.ATTENTION) && !types.contains(OpType.CAUSAL_CONV);
        for (OnnxExportOptions.Flavour flavour : OnnxExportOptions.Flavour.values()) {
            if (flavour == OnnxExportOptions.Flavour.GENAI && !transformer) {
                continue;
            }
            boolean history = SequenceMemory.of(family.architecture.graph()).tokens() > 0;
            if (flavour == OnnxExportOptions.Flavour.GENAI && history) {
                assertThatThrownBy(() -> export(family, flavour))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("n-gram tables");
                continue;
            }
            export(family, flavour);
            compareLogits(family);
        }
    }

    private void compareLogits(Family family) {
        try (OnnxBackend backend = OnnxBackend.open(folder, family.architecture, OnnxOptions.cpu());
                SafetensorsFile expected = family.expected()) {
            int[] tokens = Family.ids(expected, "tokens");
            float[] dense = expected.floats("logits");
            OnnxBatchDecoder batch =
                    (OnnxBatchDecoder) backend.batchDecoder(family.architecture.graph(), backend.parameters(), LENGTH)
                            .orElseThrow();
            Decoder decoder = Decoder.of(batch);
            for (int b = 0; b < Family.BATCH; b++) {
                float[] sequence = Arrays.copyOfRange(dense, b * LENGTH * VOCABULARY, (b + 1) * LENGTH * VOCABULARY);
                float[] whole = new float[sequence.length];
                decoder.reset();
                batch.feedAll(0, tokens, b * LENGTH, LENGTH, FloatBuffer.wrap(whole));
                close("whole sequence " + b, whole, sequence);

                decoder.reset();
                float[] logits = new float[VOCABULARY];
                int prefill = 1 + 4 * b;
                decoder.feed(tokens, b * LENGTH, prefill, logits);
                close("prefill of " + prefill, logits, row(sequence, prefill - 1));
                for (int t = prefill; t < LENGTH; t++) {
                    decoder.feed(tokens, b * LENGTH + t, 1, logits);
                    close("token " + t, logits, row(sequence, t));
                }
            }
        }
    }

    /** Two prompts of 5 and 8 tokens in one batch, padded on the right or on the left, then one more token of each. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void aBatchOfUnequalPromptsGivesEachItsOwnLogits(Family family) throws OrtException {
        export(family, OnnxExportOptions.Flavour.PORTABLE);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(
                        folder.resolve(OnnxExporter.FILE).toString());
                SafetensorsFile expected = family.expected()) {
            boolean recurrent = session.getInputNames().contains("sequence_lengths");
            boolean history = session.getInputNames().stream()
                    .anyMatch(name -> name.endsWith(".tokens") || name.endsWith(".rows"));
            for (boolean left : new boolean[] {false, true}) {
                // A recurrent state reads from the left, a window of tokens from the right.
                if (left ? !recurrent : !history) {
                    batch(new Batch(environment, session, left, new ArrayList<>()), expected);
                }
            }
        }
    }

    private record Batch(OrtEnvironment environment, OrtSession session, boolean left, List<OnnxTensor> tensors) {
        OnnxTensor tensor(Object values) throws OrtException {
            return keep(OnnxTensor.createTensor(environment, values));
        }

        OnnxTensor keep(OnnxTensor tensor) {
            tensors.add(tensor);
            return tensor;
        }
    }

    private static void batch(Batch batch, SafetensorsFile expected) throws OrtException {
        int[] tokens = Family.ids(expected, "tokens");
        float[] dense = expected.floats("logits");
        int[] lengths = {5, 8};
        long[][] ids = new long[2][8];
        long[][] positions = new long[2][8];
        long[][] mask = new long[2][9];
        for (int b = 0; b < 2; b++) {
            Arrays.fill(ids[b], -1);
            int shift = batch.left() ? 8 - lengths[b] : 0;
            for (int t = 0; t < lengths[b]; t++) {
                ids[b][shift + t] = tokens[b * LENGTH + t];
                positions[b][shift + t] = t;
                mask[b][shift + t] = 1;
            }
            mask[b][8] = 1;
        }
        Map<String, OnnxTensor> inputs = new HashMap<>();
        inputs.put("input_ids", batch.tensor(ids));
        inputs.put("position_ids", batch.tensor(positions));
        inputs.put("sequence_lengths", batch.tensor(lengths));
        inputs.put("logits_positions", batch.tensor(new long[] {4, -1}));
        inputs.put("attention_mask", batch.tensor(new long[][] {Arrays.copyOf(mask[0], 8), Arrays.copyOf(mask[1], 8)}));
        for (Map.Entry<String, NodeInfo> input : batch.session().getInputInfo().entrySet()) {
            if (input.getKey().startsWith("past_key_values.")) {
                inputs.put(input.getKey(), start(batch, (TensorInfo)
                        input.getValue().getInfo()));
            }
        }
        inputs.keySet().retainAll(batch.session().getInputNames());
        try (OrtSession.Result prompt = batch.session().run(inputs)) {
            float[][][] logits = logits(prompt);
            close("short prompt", logits[0][batch.left() ? 1 : 0], row(dense, 4));
            close("long prompt", logits[1][1], row(dense, LENGTH + 7));

            inputs.put("input_ids", batch.tensor(new long[][] {{tokens[5]}, {tokens[LENGTH + 8]}}));
            inputs.put("position_ids", batch.tensor(new long[][] {{5}, {8}}));
            inputs.put("sequence_lengths", batch.tensor(new int[] {1, 1}));
            inputs.put("logits_positions", batch.tensor(new long[] {-1}));
            inputs.put("attention_mask", batch.tensor(mask));
            prompt.forEach(output -> {
                if (output.getKey().startsWith("present.")) {
                    inputs.put(output.getKey().replace("present", "past_key_values"), (OnnxTensor) output.getValue());
                }
            });
            inputs.keySet().retainAll(batch.session().getInputNames());
            try (OrtSession.Result next = batch.session().run(inputs)) {
                logits = logits(next);
                close("short prompt's next token", logits[0][0], row(dense, 5));
                close("long prompt's next token", logits[1][0], row(dense, LENGTH + 8));
            }
        }
        batch.tensors().forEach(OnnxTensor::close);
    }

    /** A cache before the first token, for a batch of two. */
    private static OnnxTensor start(Batch batch, TensorInfo info) throws OrtException {
        long[] shape = info.getShape();
        String[] names = info.getDimensionNames();
        int elements = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = names[axis].equals("batch") ? 2 : names[axis].equals("past") ? 0 : shape[axis];
            elements = Math.toIntExact(elements * shape[axis]);
        }
        return batch.keep(
                info.type == OnnxJavaType.INT64
                        ? OnnxTensor.createTensor(batch.environment(), LongBuffer.allocate(elements), shape)
                        : OnnxTensor.createTensor(batch.environment(), FloatBuffer.allocate(elements), shape));
    }

    private static float[][][] logits(OrtSession.Result result) throws OrtException {
        return (float[][][]) result.get("logits").orElseThrow().getValue();
    }

    private void export(Family family, OnnxExportOptions.Flavour flavour) {
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters =
                    backend.allocate(family.architecture.graph().parameters());
            family.load(parameters);
            OnnxExporter.write(family.architecture, parameters, OnnxExportOptions.of(flavour), Map.of(), folder);
        }
    }

    private static float[] row(float[] logits, int index) {
        return Arrays.copyOfRange(logits, index * VOCABULARY, (index + 1) * VOCABULARY);
    }

    /** Within 1e-4 of the largest magnitude. */
    private static void close(String name, float[] actual, float[] expected) {
        double largest = 0;
        double worst = 0;
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(actual[i] - (double) expected[i]));
        }
        assertThat(worst).as(name).isLessThan(1e-4 * largest);
    }
}
