package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.JsonValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Tensors sharded over several files of one folder, with an index that maps tensors to files:
 * {@code {"weight_map": {"NAME": "model-00001-of-00002.safetensors", ...}}}.
 */
final class ShardedSource implements TensorSource {
    private final String name;
    private final Map<String, TensorSource> shards;
    private final Map<String, TensorSource> byTensor;

    private ShardedSource(String name, Map<String, TensorSource> shards, Map<String, TensorSource> byTensor) {
        this.name = name;
        this.shards = shards;
        this.byTensor = Collections.unmodifiableMap(byTensor);
    }

    /**
     * Opens an index and all files that it names.
     *
     * @param opener opens one file
     * @throws NanogptException if the index and the files are inconsistent
     */
    static ShardedSource open(Path index, Function<Path, TensorSource> opener) {
        JsonValue root = JsonValue.read(index, "an index of weights in several files");
        Map<String, TensorSource> shards = new LinkedHashMap<>();
        Map<String, TensorSource> byTensor = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, JsonValue> entry :
                    root.member("weight_map").members().entrySet()) {
                String file = fileName(entry.getValue());
                // If a later shard fails to open, those opened so far are closed below.
                TensorSource shard =
                        shards.computeIfAbsent(file, missing -> opener.apply(index.resolveSibling(missing)));
                byTensor.put(entry.getKey(), shard);
            }
            requireAgreement(index.toString(), shards.values(), byTensor);
            return new ShardedSource(index.toString(), shards, byTensor);
        } catch (RuntimeException e) {
            close(shards.values());
            throw e;
        }
    }

    /** The name of a file in the same folder: an index must not refer to other folders. */
    private static String fileName(JsonValue value) {
        String file = value.string();
        boolean plain = !file.isBlank()
                && !file.equals(".")
                && !file.equals("..")
                && file.codePoints().noneMatch(ShardedSource::isForbidden);
        if (!plain) {
            throw value.error("expected the name of a file in the same folder, without slashes, colons, control"
                    + " characters and halves of surrogate pairs, but found \"" + file + "\"");
        }
        return file;
    }

    /** Whether a code point has a meaning of its own in a path, or none on some file system. */
    private static boolean isForbidden(int codePoint) {
        return "/\\:".indexOf(codePoint) >= 0
                || Character.getType(codePoint) == Character.CONTROL
                || Character.getType(codePoint) == Character.SURROGATE;
    }

    private static void requireAgreement(
            String index, Collection<TensorSource> shards, Map<String, TensorSource> byTensor) {
        List<String> missing = new ArrayList<>();
        byTensor.forEach((tensor, shard) -> {
            if (!shard.names().contains(tensor)) {
                missing.add(tensor + " (in " + shard.name() + ")");
            }
        });
        Set<String> unassigned = new LinkedHashSet<>();
        for (TensorSource shard : shards) {
            for (String tensor : shard.names()) {
                if (byTensor.get(tensor) != shard) {
                    unassigned.add(tensor + " (in " + shard.name() + ")");
                }
            }
        }
        if (!missing.isEmpty() || !unassigned.isEmpty()) {
            throw new NanogptException(index + " does not match the files that it names: they lack "
                    + Listing.of(missing) + ", and hold tensors that the index does not assign to them: "
                    + Listing.of(unassigned)
                    + "; download all of them again");
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return shards.values().stream().mapToLong(TensorSource::size).sum();
    }

    @Override
    public Set<String> names() {
        return byTensor.keySet();
    }

    @Override
    public List<Long> shape(String tensor) {
        return find(tensor).shape(tensor);
    }

    @Override
    public float[] floats(String tensor) {
        return find(tensor).floats(tensor);
    }

    @Override
    public void copy(String tensor, float[] destination, int from) {
        find(tensor).copy(tensor, destination, from);
    }

    @Override
    public long[] longs(String tensor) {
        return find(tensor).longs(tensor);
    }

    @Override
    public void close() {
        close(shards.values());
    }

    private TensorSource find(String tensor) {
        TensorSource shard = byTensor.get(tensor);
        if (shard == null) {
            throw new NanogptException(name + " has no tensor " + tensor + "; it has " + Listing.of(byTensor.keySet()));
        }
        return shard;
    }

    private static void close(Collection<TensorSource> shards) {
        RuntimeException failure = null;
        for (TensorSource shard : shards) {
            try {
                shard.close();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
