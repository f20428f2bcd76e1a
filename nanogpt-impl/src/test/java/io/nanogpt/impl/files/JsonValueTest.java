package io.nanogpt.impl.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonValueTest {
    @Test
    void readsEveryKindOfValue() {
        JsonValue value = parse("{\"a\": [1, -2.5, \"x\", true, null], \"b\": {}}");

        JsonValue array = value.member("a");
        assertThat(array.elements().get(0).integer(0, 9)).isEqualTo(1);
        assertThat(array.elements().get(1).number()).isEqualTo(-2.5);
        assertThat(array.elements().get(2).string()).isEqualTo("x");
        assertThat(array.elements().get(3).bool()).isTrue();
        assertThat(array.elements().get(4).isNull()).isTrue();
        assertThat(value.member("b").members()).isEmpty();
        assertThat(value.optional("c")).isNull();
    }

    @Test
    void namesThePlaceOfAWrongType() {
        JsonValue value = parse("{\n  \"model\": {\"layers\": [1, \"two\"]}\n}");
        assertThatThrownBy(() ->
                        value.member("model").member("layers").elements().get(1).integer(1, 9))
                .isInstanceOf(NanogptException.class)
                .hasMessage("c.json, line 2, column 27: model.layers[1]: "
                        + "expected a whole number from 1 to 9, but found the string \"two\"");
    }

    @Test
    void namesMissingAndUnknownMembers() {
        JsonValue value = parse("{\"heads\": 4}");
        assertThatThrownBy(() -> value.member("layers")).hasMessageContaining("\"layers\"", "[heads]");
        assertThatThrownBy(() -> value.allowOnly(Set.of("layers"))).hasMessageContaining("heads: unknown", "[layers]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": 1         | line 1, column",
                "{\"a\": 1, \"a\":2} | Duplicate",
                "{\"a\": 1} x      | line 1, column 10",
                "`\n\n[1, oops]`   | line 3, column 5",
                "``                | is empty",
            })
    void refusesWhatIsNotJson(String text, String place) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("c.json, line")
                .hasMessageContaining(place)
                .hasMessageNotContaining("Source:");
    }

    @Test
    void refusesDepthWithoutOverflowingTheStack() {
        assertThatThrownBy(() -> parse("[".repeat(100_000))).isInstanceOf(NanogptException.class);
    }

    private static JsonValue parse(String text) {
        return JsonValue.parse(text, "c.json", "a configuration");
    }
}
