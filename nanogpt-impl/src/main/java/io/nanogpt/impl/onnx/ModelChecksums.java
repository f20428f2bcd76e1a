package io.nanogpt.impl.onnx;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.Utf8Files;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * Checks the bytes of an exported model without running it. Its metadata, which comes first in the file, holds the
 * CRC-32C of the graph, which is the rest of the file, and of the file with the weights, if there is one.
 */
public final class ModelChecksums {
    static final String KEY = "nanogpt.crc32c";
    static final String DATA_KEY = "nanogpt.crc32c.data";

    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    /** More bytes than the metadata of any model has. */
    private static final int LONGEST = 1 << 24;

    private final Path file;
    private final DataInputStream in;
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private ModelChecksums(Path file, DataInputStream in) {
        this.file = file;
        this.in = in;
    }

    /** A checksum in eight hexadecimal digits. */
    static String text(Checksum sum) {
        return HexFormat.of().toHexDigits(sum.getValue(), Integer.SIZE / 4);
    }

    /**
     * Checks a graph and the file with its weights.
     *
     * @param data the file with its weights, which need not exist
     * @return the metadata of the graph
     * @throws NanogptException if a file is damaged, cannot be read, or has no checksum
     */
    public static Map<String, String> verify(Path file, Path data) {
        Map<String, String> metadata;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            metadata = new ModelChecksums(file, in).verify();
        } catch (EOFException e) {
            throw damaged(file, "it is cut off");
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
        String expected = metadata.get(DATA_KEY);
        if (expected != null) {
            try (InputStream in = Files.newInputStream(data)) {
                requireSame(data, in, expected);
            } catch (IOException e) {
                throw Utf8Files.unreadable(data, e);
            }
        }
        return metadata;
    }

    private Map<String, String> verify() throws IOException {
        long tag = varint();
        while (tag >>> 3 != OnnxFields.Model.GRAPH) {
            long length = varint();
            if ((tag & 7) == LENGTH_DELIMITED) {
                byte[] content = bytes(length);
                if (tag >>> 3 == OnnxFields.Model.METADATA_PROPS) {
                    property(content);
                }
            } else if ((tag & 7) != VARINT) {
                throw damaged(file, "its metadata cannot be read");
            }
            tag = varint();
        }
        varint(); // The length of the graph.
        String expected = metadata.get(KEY);
        if (expected == null) {
            throw new NanogptException(
                    file + " has no checksum: it was exported by an older version or another program;"
                            + " export it again to have one");
        }
        requireSame(file, in, expected);
        return metadata;
    }

    private static void requireSame(Path file, InputStream in, String expected) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] chunk = new byte[1 << 16];
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            sum.update(chunk, 0, read);
        }
        if (!text(sum).equals(expected)) {
            throw damaged(file, "its checksum differs");
        }
    }

    /** Reads a message with a key and a value. */
    private void property(byte[] content) throws IOException {
        DataInputStream fields = new DataInputStream(new ByteArrayInputStream(content));
        ModelChecksums pair = new ModelChecksums(file, fields);
        String key = "";
        String value = "";
        while (fields.available() > 0) {
            long tag = pair.varint();
            String text = new String(pair.bytes(pair.varint()), StandardCharsets.UTF_8);
            if (tag >>> 3 == OnnxFields.StringStringEntry.KEY) {
                key = text;
            } else {
                value = text;
            }
        }
        metadata.put(key, value);
    }

    private byte[] bytes(long length) throws IOException {
        if (length < 0 || length > LONGEST) {
            throw damaged(file, "its metadata cannot be read");
        }
        byte[] bytes = in.readNBytes((int) length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = in.readUnsignedByte();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw damaged(file, "its metadata cannot be read");
    }

    private static NanogptException damaged(Path file, String how) {
        return new NanogptException(file + " is damaged: " + how + "; copy the file again, or export the model anew");
    }
}
