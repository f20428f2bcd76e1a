package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.impl.gguf.GgufFile;
import io.nanogpt.impl.gguf.GgufMetadata;
import io.nanogpt.model.TransformerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** A model in a GGUF file of llama.cpp. */
public final class GgufModel implements AutoCloseable {
    private final GgufFile file;
    private final TransformerConfig config;
    private final ModelWeights weights;

    private GgufModel(GgufFile file, TransformerConfig config, ModelWeights weights) {
        this.file = file;
        this.config = config;
        this.weights = weights;
    }

    /** Whether a path is a GGUF file, by its first bytes. */
    public static boolean isOne(Path path) {
        return FirstBytes.isGguf(path);
    }

    /**
     * Opens a file.
     *
     * @throws NanogptException if it is broken, or of a model or types that are not supported, which the message names
     */
    public static GgufModel open(Path path) {
        GgufFile file = GgufFile.open(path);
        try {
            String architecture = file.metadata()
                    .text(GgufKeys.ARCHITECTURE)
                    .orElseThrow(() -> file.metadata()
                            .error(
                                    GgufKeys.ARCHITECTURE,
                                    "is missing, so this GGUF file holds no model; give that of a model"));
            GgufFamily family = GgufFamily.named(architecture)
                    .orElseThrow(() -> file.metadata()
                            .error(
                                    GgufKeys.ARCHITECTURE,
                                    "is " + architecture + ", which is not supported; supported are "
                                            + GgufFamily.known()));
            TransformerConfig config = config(file, family, architecture);
            return new GgufModel(
                    file, config, new ModelWeights(StateDict.of(new GgufSource(file)), family.names(config), 1));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static TransformerConfig config(GgufFile file, GgufFamily family, String architecture) {
        if (!file.has(GgufKeys.EMBEDDING)) {
            throw new NanogptException(file.name() + " has no tensor " + GgufKeys.EMBEDDING
                    + ", so it is not a whole language model; give the file of the model, not of a part or an adapter");
        }
        long rows = file.shape(GgufKeys.EMBEDDING).get(0);
        List<Float> divisors = new ArrayList<>();
        if (file.has(GgufKeys.DIVISORS)) {
            for (float divisor : file.floats(GgufKeys.DIVISORS)) {
                divisors.add(divisor);
            }
        }
        GgufKeys keys = new GgufKeys(
                file.metadata(),
                architecture,
                (int) Math.min(Integer.MAX_VALUE, rows),
                new LinkedHashSet<>(file.names()),
                divisors);
        try {
            return family.read(keys);
        } catch (IllegalArgumentException e) {
            throw new NanogptException(file.name() + ": this model is invalid: " + e.getMessage(), e);
        }
    }

    public GgufMetadata metadata() {
        return file.metadata();
    }

    /** The size of the file in bytes. */
    public long size() {
        return file.size();
    }

    public TransformerConfig config() {
        return config;
    }

    public ModelWeights weights() {
        return weights;
    }

    /** Names a tensor of a parameter. */
    static String tensor(NameTable names, ParameterSpec spec) {
        return names.origin(spec.name(), 1).tensors().get(0);
    }

    @Override
    public void close() {
        file.close();
    }
}
