package io.nanogpt.impl.gguf;

import io.nanogpt.NanogptException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a GGUF file says beside its tensors: typed values by key, in the order of the file. Immutable. */
public final class GgufMetadata {
    private final String source;
    private final Map<String, Value> values;

    /** A value, with its type. */
    sealed interface Value {
        /** A number or a truth value; an unsigned 64-bit integer as the long with the same bits. */
        record One(ValueType type, Object value) implements Value {}

        /** A text. */
        record Text(String value) implements Value {}

        /** Texts. */
        record Texts(List<String> values) implements Value {}

        /** Numbers, as the little endian bytes of the file. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Numbers(ValueType type, byte[] bytes) implements Value {}
    }

    GgufMetadata(String source, Map<String, Value> values) {
        this.source = source;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    Map<String, Value> values() {
        return values;
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** An error at a key. */
    public NanogptException error(String key, String what) {
        return new NanogptException(source + ": the metadata " + key + " " + what);
    }

    /** A text, if there is one. */
    public Optional<String> text(String key) {
        Value value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Value.Text text) {
            return Optional.of(text.value());
        }
        throw error(key, "must be a text");
    }

    /**
     * An integer of any type.
     *
     * @throws NanogptException if it is missing, no integer or out of bounds
     */
    public long integer(String key, long least, long most) {
        if (require(key) instanceof Value.One one && one.value() instanceof Long number) {
            if (number < least || number > most) {
                throw error(
                        key,
                        "must be from " + least + " to " + most + ", but is "
                                + (one.type() == ValueType.UINT64 ? Long.toUnsignedString(number) : number));
            }
            return number;
        }
        throw error(key, "must be an integer");
    }

    /** A floating-point number, or another one where there is none. */
    public double number(String key, double absent) {
        if (!has(key)) {
            return absent;
        }
        if (require(key) instanceof Value.One one && one.value() instanceof Double number) {
            return number;
        }
        throw error(key, "must be a floating-point number");
    }

    /** A truth value, or another one where there is none. */
    public boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        if (require(key) instanceof Value.One one && one.value() instanceof Boolean flag) {
            return flag;
        }
        throw error(key, "must be true or false");
    }

    /** Texts. */
    public List<String> texts(String key) {
        if (require(key) instanceof Value.Texts texts) {
            return texts.values();
        }
        throw error(key, "must be an array of texts");
    }

    /** 32-bit integers. */
    public int[] integers(String key) {
        if (require(key) instanceof Value.Numbers numbers
                && (numbers.type() == ValueType.INT32 || numbers.type() == ValueType.UINT32)) {
            int[] integers = new int[numbers.bytes().length / Integer.BYTES];
            buffer(numbers).asIntBuffer().get(integers);
            return integers;
        }
        throw error(key, "must be an array of 32-bit integers");
    }

    /** 32-bit floating-point numbers. */
    public float[] floats(String key) {
        if (require(key) instanceof Value.Numbers numbers && numbers.type() == ValueType.FLOAT32) {
            float[] floats = new float[numbers.bytes().length / Float.BYTES];
            buffer(numbers).asFloatBuffer().get(floats);
            return floats;
        }
        throw error(key, "must be an array of 32-bit floating-point numbers");
    }

    private static ByteBuffer buffer(Value.Numbers numbers) {
        return ByteBuffer.wrap(numbers.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Value require(String key) {
        Value value = values.get(key);
        if (value == null) {
            throw error(key, "is missing, which a model needs; convert the model again");
        }
        return value;
    }

    /** A builder without values. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects values; the types are those that llama.cpp's converter writes. */
    public static final class Builder {
        private final Map<String, Value> values = new LinkedHashMap<>();

        private Builder() {}

        private Builder put(String key, Value value) {
            values.put(key, value);
            return this;
        }

        public Builder put(String key, String text) {
            return put(key, new Value.Text(text));
        }

        /** Adds an unsigned 32-bit integer. */
        public Builder put(String key, int number) {
            return put(key, new Value.One(ValueType.UINT32, (long) number));
        }

        public Builder put(String key, float number) {
            return put(key, new Value.One(ValueType.FLOAT32, (double) number));
        }

        public Builder put(String key, boolean flag) {
            return put(key, new Value.One(ValueType.BOOL, flag));
        }

        public Builder put(String key, List<String> texts) {
            return put(key, new Value.Texts(List.copyOf(texts)));
        }

        /** Adds signed 32-bit integers. */
        public Builder put(String key, int[] numbers) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asIntBuffer().put(numbers);
            return put(key, new Value.Numbers(ValueType.INT32, bytes.array()));
        }

        public Builder put(String key, float[] numbers) {
            ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(numbers);
            return put(key, new Value.Numbers(ValueType.FLOAT32, bytes.array()));
        }

        /** The metadata; errors call them by this name. */
        public GgufMetadata build(String source) {
            return new GgufMetadata(source, values);
        }
    }
}
