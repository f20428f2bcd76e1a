package io.nanogpt.impl.onnx;

import io.nanogpt.graph.Graph;
import io.nanogpt.impl.graph.Inference;
import io.nanogpt.impl.graph.LensGraph;
import io.nanogpt.model.Architecture;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.spi.ParameterSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a model as an ONNX graph that decodes with a cache. */
public final class OnnxExporter {
    /** Name of the graph's file in a model's folder. */
    public static final String FILE = "model.onnx";
    /** Name of the weights' file, if they are not in the graph. */
    public static final String DATA_FILE = FILE + ".data";

    private OnnxExporter() {}

    /**
     * Writes {@link #FILE} into a folder and, if requested or needed, {@link #DATA_FILE} and {@code genai_config.json}.
     *
     * @param about more metadata of the graph, texts by key
     * @throws UnsupportedOperationException if the graph holds an operation that cannot be exported
     */
    public static void write(
            Architecture architecture,
            ParameterSource parameters,
            OnnxExportOptions options,
            Map<String, String> about,
            Path folder) {
        Graph graph = Inference.of(architecture.graph());
        if (options.flavour() == OnnxExportOptions.Flavour.GENAI) {
            GenAiConfig.of(architecture, graph).write(folder.resolve(GenAiConfig.FILE));
        }
        OnnxGraph onnx = new OnnxLowering(graph, parameters, options, architecture.contextLength()).emit();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(GraphSignature.FORMAT_KEY, GraphSignature.FORMAT);
        metadata.put(GraphSignature.ARCHITECTURE_KEY, architecture.kind());
        metadata.put(GraphSignature.CONTEXT_KEY, Integer.toString(architecture.contextLength()));
        metadata.put(GraphSignature.VOCABULARY_KEY, Integer.toString(architecture.vocabularySize()));
        metadata.put(GraphSignature.PARAMETERS_KEY, Long.toString(graph.parameterCount()));
        metadata.put("nanogpt.settings", architecture.settings().toString());
        metadata.put("nanogpt.flavour", options.flavour().name());
        metadata.put("nanogpt.quantization", options.quantization().kind().name());
        metadata.put("nanogpt.tokenizer", "tokenizer.json");
        metadata.putAll(about);
        options.license().ifPresent(license -> metadata.put("license", license));
        new ModelFile(onnx, metadata).write(folder.resolve(FILE), folder.resolve(DATA_FILE), options.externalData());
    }

    /**
     * Writes {@link #FILE}, and {@link #DATA_FILE} if needed, as a graph of standard operators for inspection. Its outputs
     * are also the weights of attention and the logits of the lens, its inputs also factors of the output of each head.
     *
     * @return whether weights are in {@link #DATA_FILE}
     * @throws UnsupportedOperationException if the graph holds an operation that cannot be exported
     */
    public static boolean writeInspection(Architecture architecture, ParameterSource parameters, Path folder) {
        Graph graph = LensGraph.isSupported(architecture.graph())
                ? LensGraph.all(architecture.graph())
                : Inference.of(architecture.graph());
        OnnxGraph onnx = OnnxLowering.forInspection(graph, parameters, architecture.contextLength())
                .emitInspection();
        Path data = folder.resolve(DATA_FILE);
        try {
            Files.deleteIfExists(data); // It may be that of an earlier model.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + data + ": " + e.getMessage(), e);
        }
        new ModelFile(onnx, Map.of()).write(folder.resolve(FILE), data, false);
        return Files.exists(data);
    }

    /** The files that {@link #write} may write. */
    public static List<String> files() {
        return List.of(DATA_FILE, FILE, GenAiConfig.FILE);
    }
}
