package io.nanogpt.impl.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.nanogpt.train.TableRounding;
import org.junit.jupiter.api.Test;

class RoundedTablesTest {
    @Test
    void integersAreMultiplesOfAPowerOfTwoForEachRow() {
        float[] table = {1, -0.5f, 0.3f, 0, 0, 0, 127.6f, -1e-3f, 127.4f};
        RoundedTables.round(table, 3, TableRounding.INT8);
        // Of 1/64, which 1 is 64 times; and of 2, since 127.6 would be 128.
        assertThat(table).containsExactly(1, -0.5f, 19 / 64f, 0, 0, 0, 128, 0, 128);
    }

    @Test
    void everyErrorOfAnIntegerIsAtMostHalfItsUnit() {
        float[] table = new float[1_000];
        for (int i = 0; i < table.length; i++) {
            table[i] = (float) Math.sin(i) * (1 + i % 7);
        }
        float[] rounded = table.clone();
        RoundedTables.round(rounded, 10, TableRounding.INT8);
        for (int row = 0; row < 100; row++) {
            float largest = 0;
            for (int i = 10 * row; i < 10 * row + 10; i++) {
                largest = Math.max(largest, Math.abs(table[i]));
            }
            for (int i = 10 * row; i < 10 * row + 10; i++) {
                assertThat(Math.abs(rounded[i] - table[i])).isLessThanOrEqualTo(largest / 63.5f);
            }
        }
        float[] again = rounded.clone();
        RoundedTables.round(again, 10, TableRounding.INT8);
        assertThat(again).containsExactly(rounded);
    }

    @Test
    void halvesAreTheNearest() {
        float[] table = {1 / 3f, 1e5f, -1e5f, 0x1p-24f, 0x1.8p-24f, 0x1p-26f, 65_504, 0, 1.0004883f};
        RoundedTables.round(table, 9, TableRounding.FLOAT16);
        // From numpy.float16, but for the limit at the largest.
        assertThat(table).containsExactly(0.33325195f, 65_504, -65_504, 0x1p-24f, 0x1p-23f, 0, 65_504, 0, 1);
    }

    @Test
    void nothingIsRoundedByDefault() {
        float[] table = {1 / 3f, 1e5f};
        RoundedTables.round(table, 2, TableRounding.NONE);
        assertThat(table).containsExactly(1 / 3f, 1e5f);
    }
}
