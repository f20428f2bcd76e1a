package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A file or folder of weights in any format, with plain names: those of the tensors without the prefixes of PyTorch's
 * wrappers and of the attributes that hold a model, {@code module.}, {@code model.}, {@code transformer.} and the like in
 * any nesting. Tensors are found by names with these prefixes and without.
 */
final class StateDict implements TensorSource {
    private static final Map<String, Function<Path, TensorSource>> FORMATS = Map.of(
            ".safetensors", SafetensorsFile::open,
            ".safetensors.index.json", index -> ShardedSource.open(index, StateDict::openShard),
            ".bin.index.json", index -> ShardedSource.open(index, StateDict::openShard),
            ".pt", TorchFile::open,
            ".pth", TorchFile::open,
            ".ckpt", TorchFile::open,
            ".bin", TorchFile::open);

    /** The file names of a folder's weights, in order of preference. */
    static final List<String> FILES = List.of(
            "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json");

    /** Of wrappers, anywhere in a name: {@code torch.compile}, FSDP, activation checkpointing. */
    private static final List<String> WRAPPERS =
            List.of("_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.");

    /** Of {@code DataParallel}, the only one dropped from the names of this library's own models. */
    private static final List<String> OWN_PREFIXES = List.of("module.");

    /** Of wrappers and attributes, in front. */
    private static final List<String> PREFIXES = List.of(
            "module.", "_forward_module.", "model.", "transformer.", "gpt_neox.", "decoder.", "net.", "gpt.", "lm.");

    /** The head of GPT-NeoX, which has the name of all others in memory and in files of some programs. */
    private static final String NEOX_HEAD = "embed_out.";

    private static final String HEAD = "lm_head.";

    private final TensorSource source;
    /** Whether another program wrote it. */
    private final boolean foreign;
    /** Original names by plain names. */
    private final Map<String, String> originals = new LinkedHashMap<>();

    private StateDict(TensorSource source, boolean foreign) {
        this.source = source;
        this.foreign = foreign;
        for (String name : source.names()) {
            String other = originals.putIfAbsent(plain(name), name);
            if (other != null) {
                throw new NanogptException(source.name() + ": tensors " + other + " and " + name
                        + " have the same name without the prefixes of PyTorch's wrappers; keep one of them");
            }
        }
    }

    /**
     * Opens a file, or the weights of a folder, of another program.
     *
     * @throws NanogptException if there are no weights, or they cannot be read
     */
    static StateDict open(Path path) {
        return open(path, true);
    }

    /** Opens a file, or the weights of a folder, of this library, whose architectures may use any name. */
    static StateDict openOwn(Path path) {
        return open(path, false);
    }

    /** Tensors with the names of their file, which are closed with it. */
    static StateDict of(TensorSource source) {
        return new StateDict(source, false);
    }

    private static StateDict open(Path path, boolean foreign) {
        TensorSource source = openFile(Files.isDirectory(path) ? weightsOf(path) : path);
        try {
            return new StateDict(source, foreign);
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
        Optional<Function<Path, TensorSource>> byName = FORMATS.entrySet().stream()
                .filter(format -> name.endsWith(format.getKey()))
                .findFirst()
                .map(Map.Entry::getValue);
        if (!Files.exists(file)) {
            throw new NanogptException(file + " does not exist");
        }
        if (byName.isEmpty() && !Files.isRegularFile(file)) {
            throw unknown(file);
        }
        return switch (FirstBytes.of(file)) {
            case SAFETENSORS -> SafetensorsFile.open(file);
            case TORCH -> TorchFile.open(file);
            case GGUF ->
                throw new NanogptException(file + " is a GGUF file of llama.cpp, which describes its model itself;"
                        + " give it alone, without a layout");
            case OTHER -> byName.orElseThrow(() -> unknown(file)).apply(file);
        };
    }

    /** One of several files, never an index again. */
    private static TensorSource openShard(Path file) {
        return FirstBytes.of(file) == FirstBytes.TORCH ? TorchFile.open(file) : SafetensorsFile.open(file);
    }

    private static NanogptException unknown(Path file) {
        return new NanogptException(file + " is of an unknown format; the name of a weights file must end with one of "
                + FORMATS.keySet().stream().sorted().toList());
    }

    /** A name without prefixes. */
    String plain(String name) {
        String plain = name;
        for (String wrapper : WRAPPERS) {
            plain = plain.replace(wrapper, "");
        }
        for (String prefix = prefixOf(plain); !prefix.isEmpty(); prefix = prefixOf(plain)) {
            plain = plain.substring(prefix.length());
        }
        return foreign && plain.startsWith(NEOX_HEAD) ? HEAD + plain.substring(NEOX_HEAD.length()) : plain;
    }

    private String prefixOf(String name) {
        return (foreign ? PREFIXES : OWN_PREFIXES)
                .stream().filter(name::startsWith).findFirst().orElse("");
    }

    /** Whether there is a tensor. */
    boolean has(String tensor) {
        return originals.containsKey(plain(tensor));
    }

    /** The name of a tensor in the file. */
    String original(String tensor) {
        return originals.getOrDefault(plain(tensor), tensor);
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
    public Map<String, Object> settings() {
        return source.settings();
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
    public void copy(String tensor, float[] destination, int from) {
        source.copy(original(tensor), destination, from);
    }

    @Override
    public long[] longs(String tensor) {
        return source.longs(original(tensor));
    }

    @Override
    public void close() {
        source.close();
    }
}
