package io.nanogpt.impl.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProtobufWriterTest {
    private static final int FIELD = 20;

    private interface Peer {
        void write(CodedOutputStream out) throws IOException;
    }

    private static void assertSame(ProtobufWriter writer, Peer peer) throws IOException {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(expected);
        peer.write(out);
        out.flush();
        ByteArrayOutputStream actual = new ByteArrayOutputStream();
        writer.writeTo(actual);
        assertThat(actual.toByteArray()).isEqualTo(expected.toByteArray());
        assertThat(writer.size()).isEqualTo(expected.size());
    }

    @Test
    void fieldsAreThoseOfProtobuf() throws IOException {
        for (long value : new long[] {0, 1, 127, 128, 1L << 35, -1}) {
            assertSame(new ProtobufWriter().integer(FIELD, value), out -> out.writeInt64(FIELD, value));
        }
        assertSame(new ProtobufWriter().float32(FIELD, -1.5f), out -> out.writeFloat(FIELD, -1.5f));
        assertSame(new ProtobufWriter().float64(FIELD, 1e300), out -> out.writeDouble(FIELD, 1e300));
        assertSame(new ProtobufWriter().text(FIELD, "H\u00e4user"), out -> out.writeString(FIELD, "H\u00e4user"));
    }

    @Test
    void messagesNestAndFollowOneAnother() throws IOException {
        ProtobufWriter inner = new ProtobufWriter().integer(1, 300);
        byte[] bytes = {8, (byte) 0xAC, 2};
        assertSame(new ProtobufWriter().message(FIELD, inner).append(inner).announce(FIELD, 5), out -> {
            out.writeByteArray(FIELD, bytes);
            out.writeInt64(1, 300);
            out.writeTag(FIELD, 2);
            out.writeUInt32NoTag(5);
        });
    }
}
