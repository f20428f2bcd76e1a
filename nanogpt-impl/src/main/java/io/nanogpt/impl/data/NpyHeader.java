package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Tokenization.TokenDtype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a {@code .npy} file of token ids (NumPy's format, versions 1 to 3): one-dimensional, of two or four
 * bytes.
 */
final class NpyHeader {
    /** Size of written headers, whatever the count, so that the count can be filled in at the end. */
    static final int BYTES = 128;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** Magic, version and a length of two bytes. */
    private static final int PREFIX = 10;
    /** The longest header in bytes; NumPy also refuses longer ones in untrusted files. */
    private static final int LONGEST = 10_000;

    private static final Pattern DESCRIPTION = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");
    private static final Pattern LENGTH = Pattern.compile("([0-9]{1,18})\\s*,?\\s*");

    private NpyHeader() {}

    static TokenLayout read(Path file, FileChannel channel) throws IOException {
        ByteBuffer prefix = ByteBuffer.allocate(PREFIX + 2).order(ByteOrder.LITTLE_ENDIAN);
        read(channel, prefix, 0);
        for (int i = 0; i < MAGIC.length; i++) {
            if (prefix.limit() < PREFIX || prefix.get(i) != MAGIC[i]) {
                throw new NanogptException(
                        file + " is not a .npy file: expected it to begin with the bytes 0x93 NUMPY; write it with"
                                + " numpy.save");
            }
        }
        int version = prefix.get(6);
        if (version < 1 || version > 3 || (version > 1 && prefix.limit() < PREFIX + 2)) {
            throw new NanogptException(file + ": expected version 1, 2 or 3 of the .npy format, but found " + version);
        }
        int start = version == 1 ? PREFIX : PREFIX + 2;
        long length = version == 1 ? prefix.getChar(8) : Integer.toUnsignedLong(prefix.getInt(8));
        if (length > LONGEST || start + length > channel.size()) {
            throw new NanogptException(file + ": its header claims " + length + " bytes; expected at most "
                    + Math.min(LONGEST, channel.size() - start) + ", so the file is truncated or broken");
        }
        ByteBuffer text = ByteBuffer.allocate((int) length);
        read(channel, text, start);
        return parse(file, new String(text.array(), 0, text.limit(), StandardCharsets.ISO_8859_1), start + length);
    }

    private static void read(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
        int count = 1;
        while (buffer.hasRemaining() && count > 0) {
            count = channel.read(buffer, position + buffer.position());
        }
        buffer.flip();
    }

    private static TokenLayout parse(Path file, String text, long begin) {
        String description = value(file, text, DESCRIPTION, "descr");
        TokenDtype dtype = switch (description) {
            case "<u2" -> TokenDtype.UINT16;
            // Unsigned ids of four bytes are below 2^31, or outside of every vocabulary.
            case "<i4", "<u4" -> TokenDtype.INT32;
            default ->
                throw new NanogptException(file + " has elements of type '" + description
                        + "'; expected '<u2' (uint16) or '<i4' (int32); convert it with"
                        + " numpy.save(path, ids.astype(numpy.uint16))");
        };
        value(file, text, FORTRAN, "fortran_order"); // In one dimension both orders are the same.
        String shape = value(file, text, SHAPE, "shape");
        Matcher length = LENGTH.matcher(shape);
        if (!length.matches()) {
            throw new NanogptException(file + " has the shape (" + shape
                    + "); expected one dimension, such as (1000,); flatten it with ids.reshape(-1)");
        }
        return new TokenLayout(dtype, begin, Long.parseLong(length.group(1)));
    }

    private static String value(Path file, String text, Pattern pattern, String name) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new NanogptException(file + ": its header has no readable '" + name + "', only " + text.strip());
        }
        return matcher.group(1);
    }

    /** A header of version 1 and {@link #BYTES} bytes. */
    static byte[] bytes(TokenDtype dtype, long count) {
        String text = "{'descr': '" + dtype.numpy() + "', 'fortran_order': False, 'shape': (" + count + ",), }";
        StringBuilder padded = new StringBuilder(text);
        while (padded.length() < BYTES - PREFIX - 1) {
            padded.append(' ');
        }
        padded.append('\n');
        ByteBuffer head = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        head.put(MAGIC).put((byte) 1).put((byte) 0).putChar((char) padded.length());
        head.put(padded.toString().getBytes(StandardCharsets.ISO_8859_1));
        return head.array();
    }

    /**
     * The location of the ids in a token file.
     *
     * @param dtype of the ids
     * @param begin offset of the first id in bytes
     * @param count number of ids
     */
    record TokenLayout(TokenDtype dtype, long begin, long count) {}
}
