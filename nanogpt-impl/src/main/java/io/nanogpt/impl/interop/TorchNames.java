package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Resolves the few Python names that a state dict needs, which only describe tensors; others are {@link Pickle.Unknown}. */
final class TorchNames implements Pickle.Names {
    private static final Map<String, Object> KNOWN = Map.ofEntries(
            Map.entry("collections.OrderedDict", Function.DICT),
            Map.entry("collections.defaultdict", Function.DEFAULT_DICT),
            Map.entry("builtins.dict", Function.DICT),
            Map.entry("__builtin__.dict", Function.DICT),
            Map.entry("torch._utils._rebuild_tensor_v2", Function.TENSOR),
            Map.entry("torch._utils._rebuild_parameter", Function.PARAMETER),
            Map.entry("torch.Size", Function.SIZE),
            Map.entry("torch.device", Function.DEVICE),
            Map.entry("torch.DoubleStorage", ElementType.F64),
            Map.entry("torch.FloatStorage", ElementType.F32),
            Map.entry("torch.HalfStorage", ElementType.F16),
            Map.entry("torch.BFloat16Storage", ElementType.BF16),
            Map.entry("torch.LongStorage", ElementType.I64),
            Map.entry("torch.IntStorage", ElementType.I32),
            Map.entry("torch.ShortStorage", ElementType.I16),
            Map.entry("torch.CharStorage", ElementType.I8),
            Map.entry("torch.ByteStorage", ElementType.U8),
            Map.entry("torch.BoolStorage", ElementType.BOOL));

    /** The element types of PyTorch, whose objects become strings such as {@code torch.bfloat16}. */
    private static final Set<String> DTYPES = Set.of(
            "float64",
            "double",
            "float32",
            "float",
            "float16",
            "half",
            "bfloat16",
            "float8_e4m3fn",
            "float8_e5m2",
            "complex64",
            "complex128",
            "int64",
            "long",
            "int32",
            "int",
            "int16",
            "short",
            "int8",
            "uint8",
            "uint16",
            "uint32",
            "uint64",
            "bool");

    /** The most unknown names that are remembered. */
    private static final int MOST_UNKNOWN = 1000;

    private enum Function {
        DICT,
        DEFAULT_DICT,
        TENSOR,
        PARAMETER,
        SIZE,
        DEVICE
    }

    private final String source;
    private final Map<String, TorchTensor.Storage> storages = new HashMap<>();
    private final Set<String> unknown = new TreeSet<>();

    /** Creates a resolver for the pickle of one file, which errors name. */
    TorchNames(String source) {
        this.source = source;
    }

    /** The storages that the pickle has named so far, by key. */
    Map<String, TorchTensor.Storage> storages() {
        return storages;
    }

    /** The unknown names of the pickle so far, in alphabetical order. */
    Set<String> unknown() {
        return unknown;
    }

    @Override
    public @Nullable Object find(String module, String name) {
        Object found = KNOWN.get(module + "." + name);
        return found == null && module.equals("torch") && DTYPES.contains(name) ? module + "." + name : found;
    }

    @Override
    public void unknown(String name) {
        if (unknown.size() < MOST_UNKNOWN) {
            unknown.add(name);
        }
    }

    @Override
    public Object call(Object function, List<Object> arguments) {
        if (function instanceof Function known) {
            switch (known) {
                case DICT -> {
                    if (arguments.isEmpty()) {
                        return new LinkedHashMap<>();
                    }
                }
                // What it gives for missing keys is never needed.
                case DEFAULT_DICT -> {
                    return new LinkedHashMap<>();
                }
                case TENSOR -> {
                    if (arguments.size() >= 6 && arguments.get(0) instanceof Pickle.Unknown) {
                        return arguments.get(0);
                    }
                    if (arguments.size() >= 6
                            && arguments.get(0) instanceof TorchTensor.Storage storage
                            && arguments.get(1) instanceof Long offset) {
                        return tensor(storage, offset, arguments.get(2), arguments.get(3));
                    }
                }
                case PARAMETER -> {
                    if (!arguments.isEmpty()
                            && (arguments.get(0) instanceof TorchTensor
                                    || arguments.get(0) instanceof Pickle.Unknown)) {
                        return arguments.get(0);
                    }
                }
                case SIZE, DEVICE -> {
                    if (!arguments.isEmpty()) {
                        return arguments.get(0);
                    }
                }
            }
            throw broken("the arguments of " + known + " are not those that PyTorch writes");
        }
        throw broken("it calls a value that is not a function");
    }

    /** Resolves {@code ("storage", type, key, device, elements)}, in older files with a sixth item. */
    @Override
    public Object persistent(Object id) {
        // Such as storages of complex numbers, which no weights have.
        if (id instanceof Pickle.Tuple tuple
                && tuple.items().size() >= 5
                && tuple.items().get(0).equals("storage")
                && tuple.items().get(1) instanceof Pickle.Unknown unknown) {
            return unknown;
        }
        if (id instanceof Pickle.Tuple tuple
                && tuple.items().size() >= 5
                && tuple.items().get(0).equals("storage")
                && tuple.items().get(1) instanceof ElementType type
                && tuple.items().get(2) instanceof String key
                && tuple.items().get(4) instanceof Long length
                && length >= 0
                && (tuple.items().size() == 5 || tuple.items().get(5) == Pickle.NONE)) {
            TorchTensor.Storage storage = new TorchTensor.Storage(key, type, length);
            TorchTensor.Storage other = storages.putIfAbsent(key, storage);
            if (other != null && !other.equals(storage)) {
                throw broken("storage " + key + " is declared to hold " + length + " elements of type " + type + " and "
                        + other.length() + " of type " + other.type());
            }
            return storage;
        }
        throw broken("a persistent id does not describe a storage as PyTorch does");
    }

    private TorchTensor tensor(TorchTensor.Storage storage, long offset, Object shape, Object strides) {
        try {
            return new TorchTensor(storage, offset, sizes(shape), sizes(strides));
        } catch (IllegalArgumentException e) {
            throw broken("a tensor is invalid: " + e.getMessage());
        }
    }

    private List<Long> sizes(Object value) {
        if (value instanceof Pickle.Tuple tuple) {
            TorchTensor.requireRank(tuple.items());
            if (tuple.items().stream().allMatch(Long.class::isInstance)) {
                return tuple.items().stream().map(Long.class::cast).toList();
            }
        }
        throw broken("a shape is not a tuple of integers");
    }

    private NanogptException broken(String problem) {
        return new NanogptException(source + " is not a valid PyTorch file: " + problem
                + "; save the state dict again with torch.save or, better, as safetensors");
    }
}
