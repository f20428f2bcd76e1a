package io.nanogpt.impl.runtime;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.interop.GgufModel;
import io.nanogpt.impl.interop.ModelFolder;
import io.nanogpt.impl.interop.SafetensorsFile;
import io.nanogpt.impl.onnx.ModelChecksums;
import io.nanogpt.impl.onnx.OnnxExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks that a saved or exported model is as it was written, without running it. */
final class SavedModelVerifier {
    private final Path path;
    private final ModelFolder folder;

    private SavedModelVerifier(Path path) {
        this.path = path;
        folder = new ModelFolder(path);
    }

    /**
     * Checks a folder.
     *
     * @return the files of weights that were checked
     */
    static List<Path> verify(Path path) {
        if (GgufModel.isOne(path)) {
            throw new NanogptException(
                    path + " is a GGUF file, a format without checksums, so that nothing tells whether"
                            + " it is as it was written; load it to see whether it can be read, or compare its SHA-256 with that of"
                            + " where it comes from");
        }
        SavedModelVerifier verifier = new SavedModelVerifier(path);
        return verifier.folder.read(verifier::verify, files -> {});
    }

    private List<Path> verify() {
        ModelFolder.About about = ModelLoader.Saved.read(path, folder).about();
        List<Path> checked = new ArrayList<>();
        Path safetensors = folder.file(ModelFolder.WEIGHTS);
        if (Files.exists(safetensors)) {
            folder.requireWhole(verifySafetensors(safetensors), ModelFolder.WEIGHTS, about, true);
            folder.requireReport(Map.of());
            checked.add(safetensors);
        }
        Path onnx = folder.file(OnnxExporter.FILE);
        if (Files.exists(onnx)) {
            Map<String, String> metadata = ModelChecksums.verify(onnx, folder.file(OnnxExporter.DATA_FILE));
            folder.requireWhole(metadata, OnnxExporter.FILE, about, true);
            folder.requireReport(metadata);
            checked.add(onnx);
        }
        if (checked.isEmpty()) {
            throw new NanogptException(path + " holds neither " + ModelFolder.WEIGHTS + " nor " + OnnxExporter.FILE
                    + "; give a folder that LanguageModel.save or exportOnnx wrote");
        }
        return checked;
    }

    private static Map<String, String> verifySafetensors(Path file) {
        try (SafetensorsFile weights = SafetensorsFile.open(file)) {
            if (weights.verify() < weights.names().size()) {
                throw new NanogptException(file + " has no checksums: it was saved by an older version or another"
                        + " program; load it and save it again to have them");
            }
            return weights.metadata();
        }
    }
}
