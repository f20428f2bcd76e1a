package io.nanogpt.impl.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.impl.files.Half;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizerTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void noNumberIsFurtherThanAStepFromItsMultiple(int bits) {
        Quantizer quantizer = new Quantizer(bits);
        float[] values = new float[64];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i * i);
        }
        float scale = quantizer.scale(values, 0, values.length);
        for (float value : values) {
            int multiple = quantizer.quantize(value, scale);
            assertThat(multiple).isBetween(-quantizer.half(), quantizer.half() - 1);
            assertThat(Math.abs(multiple * scale - value)).isLessThanOrEqualTo(Math.abs(scale) * 1.0001f);
        }
    }

    @Test
    void zerosStayZeros() {
        Quantizer quantizer = new Quantizer(4);
        float scale = quantizer.scale(new float[32], 0, 32);
        assertThat(quantizer.quantize(0, scale)).isZero();
        assertThat(quantizer.scale(new float[] {Float.MIN_VALUE}, 0, 1)).isOne();
    }

    @ParameterizedTest
    @CsvSource({
        "0,0000",
        "-0.0,8000",
        "1,3C00",
        "-2,C000",
        "65504,7BFF",
        "65519,7BFF",
        "65520,7C00",
        "1e9,7C00",
        "6.103515625e-5,0400",
        "6.097555160522461e-5,03FF",
        "5.960464477539063e-8,0001",
        "2.980232238769531e-8,0000",
        "2.99e-8,0001",
        "1e-9,0000",
        "Infinity,7C00",
        "-Infinity,FC00",
        "1.00048828125,3C00",
        "1.0009,3C01",
        "1.00146484375,3C02"
    })
    void halvesAreTheNearest(float value, String bits) {
        assertThat(Half.bits(value)).isEqualTo(Integer.parseInt(bits, 16));
    }

    @Test
    void nanStaysNan() {
        assertThat(Half.bits(Float.NaN) & 0x7FFF).isGreaterThan(0x7C00);
    }
}
