package io.nanogpt.impl.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Compares all values of the narrow float types with their definition. */
class ElementTypeTest {
    @Test
    void halvesAreSignExponentAndFraction() {
        ByteBuffer bytes = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 1 << 16; bits++) {
            bytes.putShort((short) bits);
        }
        float[] values = new float[1 << 16];
        ElementType.F16.read(bytes.flip(), values, 0);
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 31;
            int fraction = bits & 1023;
            double magnitude = exponent == 31
                    ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                    : exponent == 0 ? fraction / 0x1p24 : (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
            float expected = (float) (bits < 1 << 15 ? magnitude : -magnitude);
            assertThat(values[bits]).as("%04x", bits).isEqualTo((Float) expected);
        }
    }

    @Test
    void quartersHaveNoInfinity() {
        float[] values = new float[256];
        ByteBuffer bytes = ByteBuffer.allocate(256);
        for (int bits = 0; bits < 256; bits++) {
            bytes.put((byte) bits);
        }
        ElementType.F8_E4M3.read(bytes.flip(), values, 0);
        assertThat(values[0x7E]).isEqualTo(448);
        assertThat(values[0xFE]).isEqualTo(-448);
        assertThat(values[0x7F]).isNaN();
        assertThat(values[0x01]).isEqualTo(0x1p-9f);
        assertThat(values[0x08]).isEqualTo(0x1p-6f);
        for (int bits = 1; bits < 0x7F; bits++) {
            assertThat(values[bits]).isGreaterThan(values[bits - 1]);
        }
    }
}
