package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Utf8Files;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A safe reader of Python's pickle format. A pickle is a program for a small stack machine, and Python's own reader lets
 * it call any function. Here nothing is called: {@link Names} resolves a handful of functions and classes that describe
 * tensors, and everything that is made with any other name becomes an {@link Unknown}, which only remembers the name.
 *
 * <p>Values are {@link String}, {@link Long} ({@link BigInteger} if larger), {@link Double}, {@link Boolean},
 * {@link #NONE}, {@link List}, {@link Map}, {@link Tuple}, {@link Unknown}, and the results of {@link Names}.
 */
final class Pickle {
    /** Python's {@code None}. */
    static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };

    /**
     * The most operations: a pickle of one byte per value takes about fifty times its size in memory. A checkpoint of a
     * thousand tensors has about 30,000.
     */
    private static final int MAX_OPERATIONS = 2_000_000;

    /** Python's tuple. */
    record Tuple(List<Object> items) {
        Tuple {
            items = Collections.unmodifiableList(items);
        }
    }

    /**
     * A value that is not read: a function, a class, an object, bytes or a set.
     *
     * @param name of the Python object that made it, or a word for its kind
     */
    record Unknown(String name) {}

    /** The key of an entry whose key is of another kind than strings, numbers and booleans; equal to itself alone. */
    private static final class OtherKey {
        @Override
        public String toString() {
            return "(a key of another kind)";
        }
    }

    /** Bytes, whose content is not read. */
    private static final Unknown BYTES = new Unknown("bytes");

    private static final Unknown SET = new Unknown("set");

    /** Resolves the names and persistent ids of a pickle. */
    interface Names {
        /** A supported function or class, or null for all others. */
        @Nullable
        Object find(String module, String name);

        /** The equivalent of calling a supported function. */
        Object call(Object function, List<Object> arguments);

        /** Called for every unknown name. */
        void unknown(String name);

        /** The object of a persistent id. */
        Object persistent(Object id);
    }

    private final String source;
    private final ByteBuffer in;
    private final Names names;
    private final List<Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Pickle(String source, ByteBuffer in, Names names) {
        this.source = source;
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
        this.names = names;
    }

    /**
     * Reads one pickle.
     *
     * @param source for messages
     * @param in positioned after the pickle on return
     * @throws NanogptException if it is malformed or needs an unsupported name or opcode
     */
    static Object read(String source, ByteBuffer in, Names names) {
        return new Pickle(source, in, names).run();
    }

    private Object run() {
        for (int operations = 0; operations < MAX_OPERATIONS; operations++) {
            int opcode = unsignedByte();
            if (opcode == '.') {
                return pop();
            }
            step(opcode);
        }
        throw broken("it has more than " + MAX_OPERATIONS + " operations, which no checkpoint needs");
    }

    /** Executes an opcode; comments are the names in Python's {@code pickletools}. */
    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> protocol(unsignedByte()); // PROTO
            case 0x95 -> require(take(Long.BYTES).getLong()); // FRAME
            case '(' -> marks.push(stack.size()); // MARK
            case '}' -> push(new LinkedHashMap<Object, Object>()); // EMPTY_DICT
            case ']' -> push(new ArrayList<>()); // EMPTY_LIST
            case ')' -> push(new Tuple(List.of())); // EMPTY_TUPLE
            case 't' -> push(new Tuple(popToMark())); // TUPLE
            case 0x85 -> push(new Tuple(pop(1))); // TUPLE1
            case 0x86 -> push(new Tuple(pop(2))); // TUPLE2
            case 0x87 -> push(new Tuple(pop(3))); // TUPLE3
            case 'a' -> append(pop(1)); // APPEND
            case 'e' -> append(popToMark()); // APPENDS
            case 's' -> set(pop(2)); // SETITEM
            case 'u' -> set(popToMark()); // SETITEMS
            case 'q' -> memo.put(unsignedByte(), top()); // BINPUT
            case 'r' -> memo.put(take(Integer.BYTES).getInt(), top()); // LONG_BINPUT
            case 0x94 -> memo.put(memo.size(), top()); // MEMOIZE
            case 'h' -> push(recall(unsignedByte())); // BINGET
            case 'j' -> push(recall(take(Integer.BYTES).getInt())); // LONG_BINGET
            case 'c' -> push(global(line(), line())); // GLOBAL
            case 0x93 -> push(stackGlobal(pop(2))); // STACK_GLOBAL
            case 'R', 0x81 -> push(call(pop(2))); // REDUCE, NEWOBJ
            case 0x92 -> push(callWithNames(pop(3))); // NEWOBJ_EX
            case '0' -> pop(); // POP
            case '1' -> popToMark(); // POP_MARK
            case '2' -> push(top()); // DUP
            case 'd' -> push(dictionary(popToMark())); // DICT
            case 'l' -> push(new ArrayList<>(popToMark())); // LIST
            case 0x8f -> push(SET); // EMPTY_SET
            case 0x90 -> popToMark(); // ADDITEMS
            case 0x91 -> { // FROZENSET
                popToMark();
                push(SET);
            }
            case 'b' -> { // BUILD
                pop();
                build();
            }
            case 'Q' -> push(names.persistent(pop())); // BINPERSID
            default -> push(literal(opcode));
        }
    }

    private Object literal(int opcode) {
        return switch (opcode) {
            case 'N' -> NONE; // NONE
            case 0x88 -> true; // NEWTRUE
            case 0x89 -> false; // NEWFALSE
            case 'K' -> (long) unsignedByte(); // BININT1
            case 'M' -> (long) Short.toUnsignedInt(take(Short.BYTES).getShort()); // BININT2
            case 'J' -> (long) take(Integer.BYTES).getInt(); // BININT
            case 0x8a -> integer(unsignedByte()); // LONG1
            case 'G' ->
                Double.longBitsToDouble(Long.reverseBytes(take(Double.BYTES).getLong())); // BINFLOAT
            case 0x8b -> integer(take(Integer.BYTES).getInt()); // LONG4
            case 0x8c -> text(unsignedByte()); // SHORT_BINUNICODE
            case 'X' -> text(take(Integer.BYTES).getInt()); // BINUNICODE
            case 0x8d -> text(take(Long.BYTES).getLong()); // BINUNICODE8
            case 'U' -> oldText(unsignedByte()); // SHORT_BINSTRING
            case 'T' -> oldText(take(Integer.BYTES).getInt()); // BINSTRING
            case 'C' -> bytes(unsignedByte()); // SHORT_BINBYTES
            case 'B' -> bytes(take(Integer.BYTES).getInt()); // BINBYTES
            case 0x8e, 0x96 -> bytes(take(Long.BYTES).getLong()); // BINBYTES8, BYTEARRAY8
            default ->
                throw broken(String.format("the opcode 0x%02x is not one that tensors and plain data need", opcode));
        };
    }

    private void protocol(int version) {
        if (version < 2 || version > 5) {
            throw broken("it has pickle protocol " + version + ", but only 2 to 5 are supported");
        }
    }

    private Object integer(int bytes) {
        require(bytes);
        byte[] value = new byte[bytes];
        take(bytes).get(value);
        if (bytes == 0) {
            return 0L;
        }
        for (int i = 0; i < bytes / 2; i++) {
            byte low = value[i];
            value[i] = value[bytes - 1 - i];
            value[bytes - 1 - i] = low;
        }
        BigInteger number = new BigInteger(value);
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    private Unknown bytes(long bytes) {
        require(bytes);
        in.position(in.position() + (int) bytes);
        return BYTES;
    }

    /** A string of Python 2, or its bytes. */
    private Object oldText(int bytes) {
        require(bytes);
        byte[] value = new byte[bytes];
        in.get(value);
        for (byte each : value) {
            if (each < 0) {
                return BYTES;
            }
        }
        return new String(value, StandardCharsets.US_ASCII);
    }

    private Object dictionary(List<Object> keysAndValues) {
        Map<Object, Object> map = new LinkedHashMap<>();
        putAll(map, keysAndValues);
        return map;
    }

    private String text(long bytes) {
        require(bytes);
        byte[] value = new byte[(int) bytes];
        in.get(value);
        return Utf8Files.decode(value, source + ", a string in its pickle");
    }

    private String line() {
        int start = in.position();
        while (unsignedByte() != '\n') {
            // Skip to the end of the line.
        }
        byte[] value = new byte[in.position() - 1 - start];
        in.get(start, value);
        return Utf8Files.decode(value, source + ", a name in its pickle");
    }

    private Object stackGlobal(List<Object> moduleAndName) {
        if (moduleAndName.get(0) instanceof String module && moduleAndName.get(1) instanceof String name) {
            return global(module, name);
        }
        throw broken("a name is not a string");
    }

    private Object global(String module, String name) {
        Object found = names.find(module, name);
        if (found != null) {
            return found;
        }
        String unknown = module + "." + name;
        names.unknown(unknown);
        return new Unknown(unknown);
    }

    private Object call(List<Object> functionAndArguments) {
        if (functionAndArguments.get(0) instanceof Unknown unknown) {
            return unknown;
        }
        if (functionAndArguments.get(1) instanceof Tuple arguments) {
            return names.call(functionAndArguments.get(0), arguments.items());
        }
        throw broken("the arguments of a call are not a tuple");
    }

    private Object callWithNames(List<Object> functionAndArguments) {
        if (functionAndArguments.get(0) instanceof Unknown unknown) {
            return unknown;
        }
        throw broken("a known name is called with named arguments");
    }

    /** Discards the attributes of an object, such as the version numbers of a state dict's modules. */
    private void build() {
        boolean discarded = top() instanceof Unknown || top() instanceof TorchTensor;
        if (!discarded && !(top() instanceof Map<?, ?>)) {
            throw broken("only the attributes of a dict may be set");
        }
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> items) {
        if (top() instanceof Unknown) {
            return;
        }
        if (!(top() instanceof ArrayList<?> list)) {
            throw broken("it appends to a value that is not a list");
        }
        ((List<Object>) list).addAll(items);
    }

    @SuppressWarnings("unchecked")
    private void set(List<Object> keysAndValues) {
        if (top() instanceof Unknown) {
            return;
        }
        if (!(top() instanceof LinkedHashMap<?, ?> map)) {
            throw broken("it sets an entry of a value that is not a dict");
        }
        putAll((Map<Object, Object>) map, keysAndValues);
    }

    private void putAll(Map<Object, Object> map, List<Object> keysAndValues) {
        if (keysAndValues.size() % 2 != 0) {
            throw broken("a key has no value");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            Object key = keysAndValues.get(i);
            // Keys of other types, such as tuples, could contain themselves.
            boolean plain = key instanceof String
                    || key instanceof Long
                    || key instanceof Double
                    || key instanceof Boolean
                    || key == NONE;
            map.put(plain ? key : new OtherKey(), keysAndValues.get(i + 1));
        }
    }

    private Object recall(int key) {
        Object value = memo.get(key);
        if (value == null) {
            throw broken("it recalls the value " + key + ", which was never stored");
        }
        return value;
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object pop() {
        return pop(1).get(0);
    }

    private Object top() {
        requireValues(1);
        return stack.get(stack.size() - 1);
    }

    private List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw broken("a mark is missing");
        }
        return popFrom(marks.pop());
    }

    private List<Object> pop(int count) {
        requireValues(count);
        return popFrom(stack.size() - count);
    }

    /** Checks the number of values above the last mark, which only operations that pop it may cross. */
    private void requireValues(int count) {
        int floor = marks.isEmpty() ? 0 : marks.peek();
        if (stack.size() - floor < count) {
            throw broken("it takes more values than there are");
        }
    }

    private List<Object> popFrom(int start) {
        List<Object> tail = stack.subList(start, stack.size());
        List<Object> values = Arrays.asList(tail.toArray());
        tail.clear();
        return values;
    }

    private int unsignedByte() {
        return Byte.toUnsignedInt(take(1).get());
    }

    /** The buffer, after a check that {@code bytes} bytes remain. */
    private ByteBuffer take(int bytes) {
        require(bytes);
        return in;
    }

    private void require(long bytes) {
        if (bytes < 0 || bytes > in.remaining()) {
            throw broken("it ends too early: " + Long.toUnsignedString(bytes) + " more bytes are needed, but "
                    + in.remaining() + " are left");
        }
    }

    private NanogptException broken(String problem) {
        return new NanogptException(source + " holds a pickle that cannot be read: at byte " + in.position() + ", "
                + problem + "; save the state dict again with torch.save or, better, as safetensors");
    }
}
