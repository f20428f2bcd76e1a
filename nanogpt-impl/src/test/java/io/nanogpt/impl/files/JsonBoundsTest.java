package io.nanogpt.impl.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.nanogpt.NanogptException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory and time of reading JSON, whatever its shape. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class JsonBoundsTest {
    private static final String LONG_NAME = "k".repeat(49_000);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"0,", "999,", "0.5,", "[],", "{},", "[0],", "`\"a\",`", "`{\"a\":1},`", "`{\"a\":{\"b\":[{}]}},`"})
    void takesFewBytesForEachOfTheText(String element) {
        String elements = element.repeat(600_000 / element.length());
        String text = "{\"" + LONG_NAME + "\":[" + elements + "0]}";

        assertThat(allocated(() -> parse(text))).isLessThan(64L * text.length() + (16 << 20));
    }

    @Test
    void namesALongPathByTheBeginningsOfItsNames() {
        JsonValue value = parse("{\"" + LONG_NAME + "\": [{\"b\": \"x\"}]}");
        JsonValue text = value.member(LONG_NAME).elements().get(0).member("b");

        assertThatThrownBy(text::number)
                .hasMessageContaining("kkk...[0].b: expected a number")
                .satisfies(error -> assertThat(error.getMessage()).hasSizeLessThan(200));
        assertThatThrownBy(() -> value.member("a"))
                .satisfies(error -> assertThat(error.getMessage()).hasSizeLessThan(200));
    }

    @Test
    void namesTheFirstOfManyMembers() {
        String members =
                IntStream.range(0, 5000).mapToObj(i -> "\"m" + i + "\":0").collect(Collectors.joining(","));
        JsonValue value = parse("{" + members + "}");

        assertThatThrownBy(() -> value.member("a"))
                .hasMessageContaining("[m0, m1,")
                .hasMessageContaining("and 4980 more")
                .satisfies(error -> assertThat(error.getMessage()).hasSizeLessThan(500));
    }

    /** Jackson's table of names refuses more than 150 of one hash, however long the text is. */
    @Test
    void readsNamesOfEqualHashes() {
        String members = IntStream.range(0, 1 << 12)
                .mapToObj(bits -> "\"" + colliding(bits) + "\":" + bits)
                .collect(Collectors.joining(","));

        assertThat(parse("{" + members + "}").members()).hasSize(1 << 12);
    }

    /** Both pairs have one value in the hash, which is {@code 33 * first + second}. */
    private static String colliding(int bits) {
        return IntStream.range(0, 12)
                .mapToObj(bit -> (bits >> bit & 1) == 0 ? "Ab" : "BA")
                .collect(Collectors.joining());
    }

    @Test
    void refusesALongName() {
        assertThatThrownBy(() -> parse("{\"" + "k".repeat(60_000) + "\": 0}"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("c.json, line 1");
    }

    private static long allocated(Runnable task) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        task.run();
        long before = threads.getCurrentThreadAllocatedBytes();
        task.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static JsonValue parse(String text) {
        return JsonValue.parse(text, "c.json", "a configuration");
    }
}
