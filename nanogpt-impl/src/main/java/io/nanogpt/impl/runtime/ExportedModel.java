package io.nanogpt.impl.runtime;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.onnx.OnnxBackend;
import io.nanogpt.impl.onnx.OnnxExporter;
import io.nanogpt.onnx.OnnxOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads the folders that {@link LanguageModel#exportOnnx} writes. */
final class ExportedModel {
    private ExportedModel() {}

    /** The files of a folder, read at one time. */
    private record Opened(ModelLoader.Saved saved, OnnxBackend backend) {
        void close() {
            backend.close();
        }
    }

    static LanguageModel load(Path path, OnnxOptions options) {
        OnnxBackend.requireRuntime();
        if (!Files.isDirectory(path)) {
            throw new NanogptException((Files.exists(path) ? path + " is a file" : "there is no folder " + path)
                    + "; give the folder that LanguageModel.exportOnnx wrote");
        }
        ModelFolder folder = new ModelFolder(path);
        Opened opened = folder.read(() -> open(path, folder, options), Opened::close);
        ModelLoader.Saved saved = opened.saved();
        return NanogptLibrary.open(
                opened.backend(),
                backend -> new BackendLanguageModel(
                        saved.architecture(), saved.tokenizer(), backend, backend.parameters(), saved.about()));
    }

    private static Opened open(Path path, ModelFolder folder, OnnxOptions options) {
        ModelLoader.Saved saved = ModelLoader.Saved.read(path, folder);
        Path data = folder.file(OnnxExporter.DATA_FILE).resolveSibling("");
        OnnxBackend backend = OnnxBackend.open(folder.file(OnnxExporter.FILE), data, saved.architecture(), options);
        try {
            folder.requireWhole(backend.metadata(), OnnxExporter.FILE, saved.about(), true);
            return new Opened(saved.with(folder.readAbout(saved.tokenizer(), backend.metadata())), backend);
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }
}
