package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A file or folder of weights in any format, with names stripped of the prefixes of PyTorch's wrappers, {@code module.}
 * of {@code DataParallel} in front and {@code _orig_mod.} of {@code torch.compile} anywhere, and of the layout's
 * prefix.
 */
final class StateDict implements TensorSource {
    private static final Map<String, Function<Path, TensorSource>> FORMATS = Map.of(
            ".safetensors", SafetensorsFile::open,
            ".safetensors.index.json", index -> ShardedSource.open(index, SafetensorsFile::open),
            ".bin.index.json", index -> ShardedSource.open(index, TorchFile::open),
            ".pt", TorchFile::open,
            ".pth", TorchFile::open,
            ".ckpt", TorchFile::open,
            ".bin", TorchFile::open);

    /** The file names of a folder's weights, in order of preference. */
    static final List<String> FILES = List.of(
            "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json");

    private static final String DATA_PARALLEL = "module.";
    private static final String COMPILED = "_orig_mod.";

    private final TensorSource source;
    /** Original names by stripped names. */
    private final Map<String, String> originals = new LinkedHashMap<>();

    private StateDict(TensorSource source, String prefix) {
        this.source = source;
        for (String name : source.names()) {
            String other = originals.putIfAbsent(plain(name, prefix), name);
            if (other != null) {
                throw new NanogptException(source.name() + ": tensors " + other + " and " + name
                        + " have the same name without the prefixes of PyTorch's wrappers; keep one of them");
            }
        }
    }

    /**
     * Opens a file, or the weights of a folder.
     *
     * @param prefix stripped from names that begin with it
     * @throws NanogptException if there are no weights, or they cannot be read
     */
    static StateDict open(Path path, String prefix) {
        TensorSource source = openFile(Files.isDirectory(path) ? weightsOf(path) : path);
        try {
            return new StateDict(source, prefix);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /** Whether a file has the name of a file of weights, whole or a part of them. */
    static boolean hasWeights(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return Files.isRegularFile(file) && (name.endsWith(".safetensors") || name.endsWith(".bin"));
    }

    private static Path weightsOf(Path folder) {
        return FILES.stream()
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new NanogptException(
                        folder + " holds no weights; expected one of " + String.join(", ", FILES)));
    }

    private static TensorSource openFile(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return FORMATS.entrySet().stream()
                .filter(format -> name.endsWith(format.getKey()))
                .findFirst()
                .orElseThrow(() -> new NanogptException(file + " is of an unknown format; the name of a weights file"
                        + " must end with one of "
                        + FORMATS.keySet().stream().sorted().toList()))
                .getValue()
                .apply(file);
    }

    private static String plain(String name, String prefix) {
        String plain = name.replace(COMPILED, "");
        while (plain.startsWith(DATA_PARALLEL)) {
            plain = plain.substring(DATA_PARALLEL.length());
        }
        return plain.startsWith(prefix) ? plain.substring(prefix.length()) : plain;
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public long size() {
        return source.size();
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(originals.keySet());
    }

    @Override
    public Map<String, String> metadata() {
        return source.metadata();
    }

    @Override
    public List<Long> shape(String tensor) {
        return source.shape(original(tensor));
    }

    @Override
    public float[] floats(String tensor) {
        return source.floats(original(tensor));
    }

    @Override
    public long[] longs(String tensor) {
        return source.longs(original(tensor));
    }

    @Override
    public void close() {
        source.close();
    }

    private String original(String tensor) {
        return originals.getOrDefault(tensor, tensor);
    }
}
