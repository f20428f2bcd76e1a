package io.nanogpt.impl.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.cpu.Family;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.spi.ParameterStore;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Graphs for inspection, run by ONNX Runtime, against PyTorch. */
@Tag("any-jdk")
class OnnxInspectionTest {
    private static final int LENGTH = Family.LENGTH;
    private static final int HEADS = 4;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Family.class)
    void attentionLensAndLogitsAreThoseOfPyTorch(Family family) throws OrtException {
        export(family);
        try (OrtSession session = session();
                SafetensorsFile expected = family.expected()) {
            int heads = family == Family.TINY_TRANSFORMER ? 1 : HEADS;
            float[] all = new float[heads];
            Arrays.fill(all, 1);
            try (Run run = new Run(session, Family.ids(expected, "tokens"), Map.of(), all)) {
                close("logits", run.floats("logits"), expected.floats("logits"));
                for (int layer = 0; layer < family.attentionLayers(); layer++) {
                    close(
                            "attention " + layer,
                            run.floats("attention." + layer),
                            expected.floats("attention." + layer));
                }
                if (family.inspection().isPresent()) {
                    try (SafetensorsFile values = family.inspection().orElseThrow()) {
                        close("lens 0", run.floats("lens.0"), values.floats("lens.0"));
                        close("lens 1", run.floats("lens.1"), values.floats("lens.1"));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void logitsWithoutHeadsAreThoseOfPyTorch(Family family) throws OrtException {
        if (family.inspection().isEmpty()) {
            return;
        }
        export(family);
        try (OrtSession session = session();
                SafetensorsFile expected = family.expected();
                SafetensorsFile values = family.inspection().orElseThrow()) {
            int[] tokens = Family.ids(expected, "tokens");
            float[] all = {1, 1, 1, 1};
            try (Run run = new Run(session, tokens, Map.of(0, new float[] {1, 0, 1, 1}), all)) {
                close("without 0.1", run.floats("logits"), values.floats("without.0.1"));
            }
            try (Run run = new Run(session, tokens, Map.of(1, new float[] {1, 1, 1, 0}), all)) {
                close("without 1.3", run.floats("logits"), values.floats("without.1.3"));
            }
            try (Run run = new Run(session, tokens, Map.of(0, new float[4]), all)) {
                close("without all", run.floats("logits"), values.floats("without.all"));
            }
        }
    }

    private void export(Family family) {
        try (CpuBackend backend = CpuBackend.open(1)) {
            ParameterStore parameters =
                    backend.allocate(family.architecture.graph().parameters());
            family.load(parameters);
            OnnxExporter.writeInspection(family.architecture, parameters, folder);
        }
    }

    /** A session that does not warn of the shape of the weights, which ONNX Runtime infers without the past. */
    private OrtSession session() throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            return OrtEnvironment.getEnvironment()
                    .createSession(folder.resolve(OnnxExporter.FILE).toString(), options);
        }
    }

    /** One run over the sequences of the fixture, without a past. */
    private static final class Run implements AutoCloseable {
        private final Map<String, OnnxTensor> inputs = new HashMap<>();
        private final OrtSession.Result result;

        Run(OrtSession session, int[] tokens, Map<Integer, float[]> factors, float[] otherwise) throws OrtException {
            int batch = Family.BATCH;
            long[] ids = Arrays.stream(tokens).asLongStream().toArray();
            long[] positions = IntStream.range(0, batch)
                    .mapToObj(row -> LongStream.range(0, LENGTH))
                    .flatMapToLong(row -> row)
                    .toArray();
            long[] mask = new long[batch * LENGTH];
            Arrays.fill(mask, 1);
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            for (String name : session.getInputNames()) {
                long[] shape = {batch, LENGTH};
                inputs.put(
                        name,
                        switch (name) {
                            case "input_ids" -> OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                            case "position_ids" ->
                                OnnxTensor.createTensor(environment, LongBuffer.wrap(positions), shape);
                            case "attention_mask" -> OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                            case "logits_positions" ->
                                OnnxTensor.createTensor(
                                        environment, LongStream.range(0, LENGTH).toArray());
                            case "sequence_lengths" ->
                                OnnxTensor.createTensor(environment, new int[] {LENGTH, LENGTH, LENGTH});
                            default ->
                                name.startsWith("head_scale.")
                                        ? OnnxTensor.createTensor(
                                                environment,
                                                factors.getOrDefault(
                                                        Integer.parseInt(name.substring("head_scale.".length())),
                                                        otherwise))
                                        : start(environment, (TensorInfo)
                                                session.getInputInfo().get(name).getInfo());
                        });
            }
            result = session.run(inputs);
        }

        /** A state before the first token. */
        private static OnnxTensor start(OrtEnvironment environment, TensorInfo info) throws OrtException {
            long[] shape = info.getShape();
            String[] names = info.getDimensionNames();
            int elements = 1;
            for (int axis = 0; axis < shape.length; axis++) {
                shape[axis] = names[axis].equals("batch") ? Family.BATCH : names[axis].equals("past") ? 0 : shape[axis];
                elements = Math.toIntExact(elements * shape[axis]);
            }
            return switch (info.type) {
                case INT64 -> OnnxTensor.createTensor(environment, LongBuffer.allocate(elements), shape);
                case FLOAT -> OnnxTensor.createTensor(environment, FloatBuffer.allocate(elements), shape);
                default -> throw new IllegalStateException(info.toString());
            };
        }

        float[] floats(String output) {
            FloatBuffer buffer = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }

        @Override
        public void close() {
            result.close();
            inputs.values().forEach(OnnxTensor::close);
        }
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
