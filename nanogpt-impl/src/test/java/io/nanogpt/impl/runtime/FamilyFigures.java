package io.nanogpt.impl.runtime;

import io.nanogpt.LanguageModel;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.graph.Gradients;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.interop.ModelWeights;
import io.nanogpt.impl.zoo.Zoo;
import io.nanogpt.model.WeightsImportOptions;
import io.nanogpt.onnx.OnnxExportOptions;
import io.nanogpt.spi.Backend;
import io.nanogpt.spi.BackendProvider;
import io.nanogpt.spi.Executable;
import io.nanogpt.spi.Library;
import io.nanogpt.spi.ParameterStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How far a model of transformers is, here, from the numbers that PyTorch gave for it. */
final class FamilyFigures {
    static final Path FOLDER = Path.of("src/test/resources/weights/families");

    private final Path folder;
    private final int[] tokens;
    private final int[] targets;
    private final float[] logits;
    private final float loss;

    FamilyFigures(Path folder) {
        this.folder = folder;
        JsonValue expected = JsonValue.read(folder.resolve("expected.json"), "the numbers of PyTorch");
        tokens = ids(expected, "tokens");
        targets = ids(expected, "targets");
        List<JsonValue> numbers = expected.member("logits").elements();
        logits = new float[numbers.size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) numbers.get(i).number();
        }
        loss = (float) expected.member("loss").number();
    }

    private static int[] ids(JsonValue expected, String name) {
        return expected.member(name).elements().stream()
                .mapToInt(token -> (int) token.integer(0, 100))
                .toArray();
    }

    static Stream<Path> folders() {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.sorted().toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    LanguageModel open() {
        return Library.get().importWeights(folder, WeightsImportOptions.ofFolder(), 1);
    }

    /** The largest difference of the logits at any position, those of a decoder. */
    float logits(LanguageModel model) {
        int vocabulary = logits.length / tokens.length;
        float largest = 0;
        for (int length = 1; length <= tokens.length; length++) {
            float[] found = model.logits(Arrays.copyOf(tokens, length));
            for (int i = 0; i < vocabulary; i++) {
                largest = Math.max(largest, Math.abs(found[i] - logits[(length - 1) * vocabulary + i]));
            }
        }
        return largest;
    }

    /** The largest difference of the loss and of the gradients, which are the difference of weights after one step. */
    float gradients(Path stepped) throws IOException {
        Files.copy(folder.resolve("config.json"), stepped.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                folder.resolve("stepped.safetensors"),
                stepped.resolve("model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        ModelFolder.HuggingFace config = (ModelFolder.HuggingFace) new ModelFolder(folder).readConfig();
        Graph graph = Zoo.create(config.transformer()).graph();
        try (Backend backend = BackendProvider.named("cpu").open(1)) {
            ParameterStore before = store(backend, graph, folder, config);
            ParameterStore after = store(backend, graph, stepped, config);
            Executable training = backend.compile(Gradients.training(graph), before, 1, tokens.length);
            training.input(Graph.TOKENS, tokens);
            training.input(Graph.TARGETS, targets);
            training.run(0);
            float largest = Math.abs(training.scalar(Graph.LOSS) - loss);
            for (ParameterSpec spec : before.specs()) {
                float[] gradient = new float[spec.elements()];
                float[] from = new float[spec.elements()];
                float[] to = new float[spec.elements()];
                before.readGradient(spec.name(), gradient);
                before.read(spec.name(), from);
                after.read(spec.name(), to);
                for (int i = 0; i < gradient.length; i++) {
                    largest = Math.max(largest, Math.abs(from[i] - to[i] - gradient[i]));
                }
            }
            return largest;
        }
    }

    private static ParameterStore store(Backend backend, Graph graph, Path from, ModelFolder.HuggingFace config) {
        ParameterStore store = backend.allocate(graph.parameters());
        try (ModelWeights weights = new ModelFolder(from).openWeights(config)) {
            weights.read(store);
        }
        return store;
    }

    /** The largest difference of the logits of the exported model. */
    float onnx(LanguageModel model, Path to, OnnxExportOptions.Flavour flavour) {
        model.exportOnnx(to, OnnxExportOptions.of(flavour));
        try (LanguageModel exported = LanguageModel.loadOnnx(to)) {
            return logits(exported);
        }
    }

    /** Prints the table of docs/importing-weights.md, without its column of what transformers makes of ours. */
    public static void main(String[] arguments) throws IOException {
        for (Path folder : folders().toList()) {
            FamilyFigures figures = new FamilyFigures(folder);
            Path temporary = Files.createTempDirectory("family");
            try (LanguageModel model = figures.open()) {
                float onnx = 0;
                for (OnnxExportOptions.Flavour flavour : OnnxExportOptions.Flavour.values()) {
                    onnx = Math.max(onnx, figures.onnx(model, temporary.resolve(flavour.name()), flavour));
                }
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %.1e | %.1e | %.1e |%n",
                        folder.getFileName(),
                        figures.logits(model),
                        figures.gradients(temporary),
                        onnx);
            }
        }
    }
}
