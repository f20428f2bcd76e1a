package io.nanogpt.impl.inspect.explorer;

import io.nanogpt.LanguageModel;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.inspect.InductionProbe;
import io.nanogpt.impl.inspect.TokenEmbeddings;
import io.nanogpt.spi.ParameterSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Predicate;

/** The page of a model as files, with what the browser needs to run the model. */
public final class ExplorerFolder {
    private final LanguageModel model;
    private final ParameterSource parameters;

    /**
     * Describes what is written.
     *
     * @param parameters the weights of the model
     */
    public ExplorerFolder(LanguageModel model, ParameterSource parameters) {
        this.model = model;
        this.parameters = parameters;
    }

    /**
     * Writes the files. The page itself is the last of them, and one of an earlier model is removed first, so that no page
     * shows a mix of two models.
     *
     * @param name of the model
     * @param graph writes the graph into a folder and returns whether its weights are in a file beside it
     */
    public void write(String name, Path folder, Predicate<Path> graph) {
        Path page = folder.resolve("index.html");
        try {
            AtomicFiles.remove(page);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot replace " + page + ": " + e.getMessage(), e);
        }
        Path data = folder.resolve("model");
        AtomicFiles.write(
                data.resolve("tokenizer.json"),
                out -> out.write(utf8(model.tokenizer().toJson())));
        boolean outside = graph.test(data);
        boolean embeddings = TokenEmbeddings.isPresent(model.architecture().graph());
        if (embeddings) {
            TokenEmbeddings table = TokenEmbeddings.read(model.architecture().graph(), parameters);
            AtomicFiles.write(data.resolve("embeddings.bin"), out -> out.write(ModelJson.bytes(table.values())));
        }
        AtomicFiles.write(data.resolve("model.json"), out -> out.write(utf8(describe(embeddings, outside))));
        for (String script : ExplorerPage.SCRIPTS) {
            AtomicFiles.write(folder.resolve(script), out -> out.write(ExplorerPage.script(script)));
        }
        AtomicFiles.write(page, out -> out.write(utf8(ExplorerPage.html(name, ExplorerPage.Form.FOLDER))));
    }

    private String describe(boolean embeddings, boolean outside) {
        return ModelJson.object(json -> {
            ModelJson.write(json, model);
            json.writeBooleanField("externalData", outside);
            if (embeddings) {
                json.writeObjectFieldStart("map");
                ModelJson.write(json, model.inspect(0).embeddingMap());
                json.writeEndObject();
            }
            if (InductionProbe.isPossible(model.architecture())) {
                InductionProbe probe = InductionProbe.of(model.architecture(), model.tokenizer(), ServedExplorer.SEED);
                json.writeObjectFieldStart("probe");
                json.writeNumberField("half", probe.half());
                json.writeFieldName("ids");
                json.writeArray(probe.ids(), 0, probe.ids().length);
                json.writeEndObject();
            }
        });
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
