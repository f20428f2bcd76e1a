package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipException;

/**
 * The tensors of a {@code .pt}, {@code .pth} or {@code .bin} file written by {@code torch.save}: a state dict, or a
 * checkpoint that contains one under a common key. No code of its pickle is run, see {@link Pickle}.
 */
final class TorchFile implements TensorSource {
    /** Common keys of the state dict in checkpoints, in order of preference. */
    private static final List<String> ENTRIES =
            List.of("model", "state_dict", "model_state_dict", "model_state", "module", "weights", "net");

    /** Entries of checkpoints that describe the model, in order of preference. */
    private static final List<String> SETTINGS =
            List.of("model_args", "hyper_parameters", "model_config", "config", "args", "hparams");

    private static final System.Logger LOGGER = System.getLogger(TorchFile.class.getName());

    /** The most elements of a tensor for each byte of the file: strides of zero repeat elements. */
    private static final long MOST_PER_BYTE = 4;

    /** A multiple of every element's size. */
    private static final int CHUNK_BYTES = 1 << 16;

    private final String name;
    private final TorchContainer container;
    private final Map<String, TorchTensor> tensors;

    private TorchFile(String name, TorchContainer container) {
        this.name = name;
        this.container = container;
        this.tensors = stateDict(name, container);
        if (!container.unknown().isEmpty()) {
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "{0}: skipped what is not tensors or plain data; nothing of it was run: {1}",
                    name,
                    Listing.of(container.unknown()));
        }
    }

    /**
     * Opens a file and checks everything except its elements.
     *
     * @throws NanogptException if it cannot be read, naming the file and the reason
     */
    static TorchFile open(Path path) {
        String name = path.toString();
        try {
            TorchContainer container = container(path);
            try {
                return new TorchFile(name, container);
            } catch (RuntimeException e) {
                container.close();
                throw e;
            }
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new NanogptException(name + " does not exist or cannot be opened: " + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static TorchContainer container(Path path) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(path)) {
            start = in.readNBytes(2);
        }
        if (Arrays.equals(start, new byte[] {'P', 'K'})) {
            return TorchZip.open(path);
        }
        if (start.length > 0 && start[0] == (byte) 0x80) {
            return TorchLegacy.open(path);
        }
        throw new NanogptException(path + " is neither a zip archive nor a pickle, so torch.save did not write it;"
                + " give a file that torch.save wrote, or safetensors");
    }

    private static Map<String, TorchTensor> stateDict(String name, TorchContainer container) {
        if (container.content() instanceof Map<?, ?> root) {
            for (String entry : ENTRIES) {
                if (root.get(entry) instanceof Map<?, ?> inner) {
                    Map<String, TorchTensor> tensors = tensors(inner);
                    if (!tensors.isEmpty()) {
                        return tensors;
                    }
                }
            }
            Map<String, TorchTensor> tensors = tensors(root);
            if (!tensors.isEmpty()) {
                return tensors;
            }
            List<String> keys = root.keySet().stream().map(Object::toString).toList();
            throw new NanogptException(name + " holds a dict, but no tensors in it or in its entries " + ENTRIES
                    + "; it has the entries " + Listing.of(keys) + skipped(container)
                    + "; save model.state_dict() in Python");
        }
        throw new NanogptException(
                name + " holds no dict of tensors" + skipped(container) + "; save model.state_dict() in Python");
    }

    /** The names of Python objects beside the tensors, which were skipped. */
    Set<String> skipped() {
        return container.unknown();
    }

    private static String skipped(TorchContainer container) {
        return container.unknown().isEmpty()
                ? ""
                : ", and Python objects, of which nothing was run: " + Listing.of(container.unknown());
    }

    /** Plain values of the entries that describe the model. */
    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        if (container.content() instanceof Map<?, ?> root) {
            for (String entry : SETTINGS) {
                if (root.get(entry) instanceof Map<?, ?> values) {
                    values.forEach((key, value) -> {
                        if (key instanceof String text && (value instanceof Long || value instanceof Double)) {
                            settings.putIfAbsent(text, value);
                        }
                    });
                }
            }
        }
        return settings;
    }

    /** The tensors of a dict, without other entries such as a step count. */
    private static Map<String, TorchTensor> tensors(Map<?, ?> dict) {
        return dict.entrySet().stream()
                .filter(entry -> entry.getKey() instanceof String && entry.getValue() instanceof TorchTensor)
                .collect(Collectors.toMap(
                        entry -> (String) entry.getKey(),
                        entry -> (TorchTensor) entry.getValue(),
                        (first, second) -> first,
                        LinkedHashMap::new));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return container.size();
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public List<Long> shape(String tensor) {
        return find(tensor).shape();
    }

    @Override
    public float[] floats(String tensor) {
        TorchTensor found = find(tensor);
        ElementType type = found.storage().type();
        if (!type.isFloating()) {
            throw new NanogptException(name + ": tensor " + tensor + " has the integer dtype " + type
                    + ", but a floating-point one was expected; save it as float32");
        }
        // The span fits in the file, but a tensor that repeats elements, by strides of zero, may be larger.
        if (Math.max(found.elements(), found.span()) > Math.min(Integer.MAX_VALUE - 8, MOST_PER_BYTE * size())) {
            throw new NanogptException(name + ": tensor " + tensor + " of shape "
                    + SafetensorsHeader.Tensor.shapeText(found.shape())
                    + " is too large, or repeats the elements of its storage too often for a file of " + size()
                    + " bytes; save it with .contiguous()");
        }
        try {
            return found.gather(read(found));
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private float[] read(TorchTensor tensor) throws IOException {
        ElementType type = tensor.storage().type();
        float[] elements = new float[(int) tensor.span()];
        byte[] chunk = new byte[CHUNK_BYTES];
        int step = CHUNK_BYTES / type.bytes();
        for (int from = 0; from < elements.length; from += step) {
            int bytes = Math.min(step, elements.length - from) * type.bytes();
            container.read(tensor.storage(), (tensor.offset() + from) * type.bytes(), chunk, bytes);
            type.read(ByteBuffer.wrap(chunk, 0, bytes).order(container.order()), elements, from);
        }
        return elements;
    }

    @Override
    public void close() {
        try {
            container.close();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private TorchTensor find(String tensor) {
        TorchTensor found = tensors.get(tensor);
        if (found == null) {
            throw new NanogptException(
                    name + " has no tensor " + tensor + "; it holds " + Listing.of(tensors.keySet()));
        }
        return found;
    }

    private static NanogptException unreadable(String name, IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new NanogptInterruptedException(
                    "the thread was interrupted while " + name + " was read; the interrupt flag stays set", e);
        }
        if (e instanceof ZipException) {
            return new NanogptException(
                    name + " is cut off or damaged (" + e.getMessage() + "); copy or download it again", e);
        }
        return new NanogptException(name + " cannot be read: " + e.getMessage(), e);
    }
}
