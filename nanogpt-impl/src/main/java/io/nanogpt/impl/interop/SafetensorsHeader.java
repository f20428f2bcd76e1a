package io.nanogpt.impl.interop;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A validated header of a safetensors file: every tensor lies inside the file, has the byte size of its shape and type,
 * and together they cover the data without overlaps or holes.
 *
 * @param tensors by name, in the order of the header
 * @param metadata free text by key
 */
record SafetensorsHeader(Map<String, Tensor> tensors, Map<String, String> metadata) {
    /** The key that is not a tensor. */
    static final String METADATA = "__metadata__";

    /** The key of the checksums, in the order of the data: CRC-32C of each tensor's bytes in eight hexadecimal digits. */
    static final String CHECKSUMS = "nanogpt.crc32c";

    /** The most bytes of a header, as in the reference implementation. */
    static final long MAX_BYTES = 100_000_000;

    /**
     * The location and shape of a tensor.
     *
     * @param type element type
     * @param begin offset of the first byte in the data
     * @param end offset after the last byte
     */
    record Tensor(ElementType type, List<Long> shape, long begin, long end) {
        /** The shape in this library's notation. */
        String shapeText() {
            return shapeText(shape);
        }

        static String shapeText(List<? extends Number> shape) {
            return shape.toString().replace('[', '(').replace(']', ')');
        }
    }

    SafetensorsHeader {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    static String checksums(List<Long> sums) {
        HexFormat hex = HexFormat.of();
        return sums.stream().map(sum -> hex.toHexDigits(sum, Integer.SIZE / 4)).collect(Collectors.joining(" "));
    }

    /**
     * The checksum of each tensor; none where the file has no checksums.
     *
     * @param file for messages
     */
    Map<String, String> checksums(String file) {
        String text = metadata.get(CHECKSUMS);
        if (text == null || tensors.isEmpty()) {
            return Map.of();
        }
        String[] sums = text.split(" ", -1);
        if (sums.length != tensors.size()) {
            throw broken(file, "it has " + tensors.size() + " tensors, but " + sums.length + " checksums of them");
        }
        Map<String, String> byTensor = new HashMap<>();
        Comparator<Map.Entry<String, Tensor>> order =
                Comparator.comparingLong(entry -> entry.getValue().begin());
        List<Map.Entry<String, Tensor>> sorted =
                tensors.entrySet().stream().sorted(order).toList();
        for (int i = 0; i < sums.length; i++) {
            byTensor.put(sorted.get(i).getKey(), sums[i]);
        }
        return byTensor;
    }

    /**
     * Parses and checks a header.
     *
     * @param file for messages
     * @param dataBytes bytes of the file after the header
     */
    static SafetensorsHeader parse(String file, byte[] json, long dataBytes) {
        Parse parse = new Parse(file, dataBytes);
        String source = file + ", header";
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException e) {
            NanogptException failure = broken(file, "its header is not UTF-8");
            failure.initCause(e);
            throw failure;
        }
        return Json.parse(text, source, 1, "the header of a safetensors file", parse::header);
    }

    static NanogptException broken(String file, String problem) {
        return new NanogptException(
                file + " is not a valid safetensors file: " + problem + "; copy or download it again");
    }

    /** Parses one header. */
    private static final class Parse {
        private final String file;
        private final long dataBytes;

        private Parse(String file, long dataBytes) {
            this.file = file;
            this.dataBytes = dataBytes;
        }

        SafetensorsHeader header(JsonParser parser) throws IOException {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            expect(parser, parser.nextToken(), JsonToken.START_OBJECT, "the header", "an object");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals(METADATA)) {
                    readMetadata(parser, metadata);
                } else {
                    tensors.put(name, tensor(parser, name));
                }
            }
            checkCover(tensors);
            return new SafetensorsHeader(tensors, metadata);
        }

        private void readMetadata(JsonParser parser, Map<String, String> metadata) throws IOException {
            expect(parser, parser.currentToken(), JsonToken.START_OBJECT, METADATA, "an object of strings");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                expect(parser, parser.nextToken(), JsonToken.VALUE_STRING, METADATA + "." + key, "a string");
                metadata.put(key, parser.getText());
            }
        }

        private Tensor tensor(JsonParser parser, String name) throws IOException {
            String what = "tensor " + name;
            expect(parser, parser.currentToken(), JsonToken.START_OBJECT, what, "an object");
            String dtype = null;
            List<Long> shape = null;
            List<Long> offsets = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                switch (field) {
                    case "dtype" -> {
                        expect(parser, token, JsonToken.VALUE_STRING, what + ": dtype", "a string");
                        dtype = parser.getText();
                    }
                    case "shape" -> shape = sizes(parser, what + ": shape");
                    case "data_offsets" -> offsets = sizes(parser, what + ": data_offsets");
                    default ->
                        throw broken(
                                file,
                                what + " has a field " + field + ", but only dtype, shape and data_offsets exist");
                }
            }
            if (dtype == null || shape == null || offsets == null) {
                throw broken(file, what + " needs dtype, shape and data_offsets, but lacks one of them");
            }
            return check(what, dtype, shape, offsets);
        }

        private Tensor check(String what, String dtype, List<Long> shape, List<Long> offsets) {
            ElementType type = ElementType.named(dtype)
                    .orElseThrow(() -> new NanogptException(file + ": " + what + " has the unknown dtype " + dtype
                            + "; save it as F32 (known are " + Arrays.toString(ElementType.values()) + ")"));
            if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
                throw broken(file, what + " needs data_offsets [begin, end], but has " + offsets);
            }
            if (offsets.get(1) > dataBytes) {
                throw broken(
                        file,
                        what + " ends at byte " + offsets.get(1) + " of the data, but the file holds only "
                                + dataBytes);
            }
            long bytes = type.bytes();
            try {
                for (long size : shape) {
                    bytes = Math.multiplyExact(bytes, size);
                }
            } catch (ArithmeticException e) {
                throw broken(file, what + " has the invalid shape " + Tensor.shapeText(shape));
            }
            long given = offsets.get(1) - offsets.get(0);
            if (bytes != given) {
                throw broken(
                        file,
                        what + " of shape " + Tensor.shapeText(shape) + " and dtype " + dtype + " needs " + bytes
                                + " bytes, but its data_offsets span " + given);
            }
            return new Tensor(type, List.copyOf(shape), offsets.get(0), offsets.get(1));
        }

        /** Checks that tensors lie one after another from the first byte of the data to the last. */
        private void checkCover(Map<String, Tensor> tensors) {
            List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
            // Empty tensors sort before the one that begins at the same byte.
            ordered.sort(Comparator.comparingLong((Map.Entry<String, Tensor> entry) ->
                            entry.getValue().begin())
                    .thenComparingLong(entry -> entry.getValue().end()));
            long covered = 0;
            for (Map.Entry<String, Tensor> entry : ordered) {
                long begin = entry.getValue().begin();
                if (begin != covered) {
                    throw broken(
                            file,
                            "tensor " + entry.getKey() + " begins at byte " + begin + " of the data, but the tensor"
                                    + " before it ends at " + covered + ", so they "
                                    + (begin < covered ? "overlap" : "leave a hole"));
                }
                covered = entry.getValue().end();
            }
            if (covered != dataBytes) {
                throw broken(
                        file, "its tensors end at byte " + covered + " of the data, but the file holds " + dataBytes);
            }
        }

        private List<Long> sizes(JsonParser parser, String what) throws IOException {
            expect(parser, parser.currentToken(), JsonToken.START_ARRAY, what, "an array of integers");
            List<Long> sizes = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                expect(parser, parser.currentToken(), JsonToken.VALUE_NUMBER_INT, what, "an array of integers");
                // The parser throws on integers larger than a long, with their location.
                long size = parser.getLongValue();
                if (size < 0) {
                    throw broken(file, what + " holds the negative number " + size);
                }
                if (sizes.size() == TorchTensor.MOST_AXES) {
                    throw broken(file, what + " holds more than " + TorchTensor.MOST_AXES + " numbers");
                }
                sizes.add(size);
            }
            return sizes;
        }

        private void expect(
                JsonParser parser, @Nullable JsonToken found, JsonToken expected, String what, String description)
                throws IOException {
            if (found != expected) {
                throw broken(file, what + " must be " + description + ", but is " + Json.describe(parser));
            }
        }
    }
}
