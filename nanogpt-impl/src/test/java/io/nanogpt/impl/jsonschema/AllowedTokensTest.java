package io.nanogpt.impl.jsonschema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.JsonSchema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("any-jdk")
class AllowedTokensTest {
    private static final int PLENTY = 10_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '%',
            value = {
                "{'properties':{'a':{'oneOf':[]}}}%#/properties/a/oneOf: the keyword oneOf is not supported",
                "{'type':'object','patternProperties':{}}%#/patternProperties: the keyword patternProperties",
                "{'type':'string','format':'date'}%#/format: the keyword format is not supported",
                "{'type':'number','multipleOf':2}%#/multipleOf: the keyword multipleOf is not supported",
                "{'type':'array','items':{},'uniqueItems':true}%#/uniqueItems: the keyword uniqueItems",
                "{'type':'array','items':{}}%#/items: the schema allows any value",
                "{'type':'array'}%#: the array has no schema of its items",
                "{'type':'object'}%#: the object has no properties",
                "{'type':'object','additionalProperties':{'type':'null'}}%#/additionalProperties: additionalProp",
                "{'type':'object','properties':{},'required':['x']}%#/required: the required property x has no schema",
                "{'type':'text'}%#/type: the type text is unknown",
                "{'allOf':[{'type':'null'},{'type':'null'}]}%#/allOf: allOf of more than one schema",
                "{'anyOf':[{'type':'null'}],'type':'null'}%#/type: the keyword type beside anyOf",
                "{'enum':['a'],'maxLength':3}%#/maxLength: the keyword maxLength beside enum",
                "{'enum':['a'],'type':'null'}%#/enum: enum has no value of the schema's type",
                "{'$ref':'https://x.org/y'}%#/$ref: the reference https://x.org/y leads out of the schema",
                "{'$ref':'#/$defs/a~1b'}%#/$ref: the reference #/$defs/a~1b leads to nothing",
                "{'$ref':'#'}%#: the reference leads to itself",
                "{'$defs':{'a':{'$ref':'#/$defs/b'},'b':{'$ref':'#/$defs/a'}},'$ref':'#/$defs/a'}%leads to itself",
                "{'type':'string','pattern':'(a)\\\\1'}%#/pattern: the pattern (a)\\1 has a back reference",
                "{'type':'string','pattern':'a(?=b)'}%#/pattern: the pattern a(?=b) has a look ahead",
                "{'type':'string','pattern':'a^b'}%#/pattern: the pattern a^b has an anchor",
                "{'type':'string','pattern':'(a'}%#/pattern: the pattern (a has a",
                "{'type':'string','pattern':'(?i)a'}%#/pattern: the pattern (?i)a has a group (?i",
                "{'type':'string','pattern':'a++'}%#/pattern: the pattern a++ has a repetition of a repetition",
                "{'type':'string','pattern':'\\\\bx'}%#/pattern: the pattern \\bx has the escape \\b",
                "{'type':'string','pattern':'^a{5}$','maxLength':3}%#: no string fits",
                "{'type':'string','minLength':9,'maxLength':3}%#/maxLength: maxLength is 3, less than minLength, 9",
                "{'type':'string','minLength':5000}%#/minLength: minLength is 5000, but may be at most 1024;",
                "{'type':'array','items':{'type':'null'},'minItems':1025}%#/minItems: minItems is 1025, but may be at"
                        + " most 1024; lower it",
                "{'type':'integer','minimum':1.2,'maximum':1.8}%#: no whole number",
                "{'type':'number','minimum':1e400}%#: no number of at most 15 digits",
                "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']}%#: each value contains another",
                "[]%#: expected a schema",
                "true%#: the schema true allows any value"
            })
    void whatIsNotSupportedIsRefusedByNameAndPlace(String schema, String message) {
        assertThatThrownBy(() -> JsonSchema.of(schema.replace('\'', '"')))
                .isInstanceOf(NanogptException.class)
                .hasMessageStartingWith("the JSON schema")
                .hasMessageContaining(message);
    }

    @Test
    void aLargerMaximumCountsAs1024() {
        AllowedTokens nulls =
                bytes("{\"type\":\"array\",\"items\":{\"type\":\"null\"},\"minItems\":1024,\"maxItems\":5000}");
        AllowedTokens texts = bytes("{\"type\":\"string\",\"maxLength\":5000}");
        for (int count = 1_023; count <= 1_025; count++) {
            String items = String.join(",", Collections.nCopies(count, "null"));
            assertThat(fits(nulls, "[" + items + "]")).isEqualTo(count == 1_024);
            assertThat(fits(texts, "\"" + "a".repeat(count) + "\"")).isEqualTo(count <= 1_024);
        }
    }

    @Test
    void anErrorNamesTheFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("person.json"), "{\"not\":{}}");
        assertThatThrownBy(() -> JsonSchema.read(file)).hasMessageStartingWith(file + ", #/not: the keyword not");
        Files.writeString(file, "{\"type\":");
        assertThatThrownBy(() -> JsonSchema.read(file))
                .hasMessageContainingAll(file.toString(), "line 1", "broken JSON");
    }

    /** Whether a text is a whole value of a schema. */
    private static boolean fits(AllowedTokens allowed, String text) {
        AllowedTokens.Position position = allowed.start();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            if (!allowed.after(position, PLENTY).get(value & 0xFF)) {
                return false;
            }
            position = allowed.add(position, value & 0xFF);
        }
        return position.isComplete();
    }

    private static AllowedTokens bytes(String schema) {
        return new AllowedTokens(schema, "the JSON schema", Vocabulary.ofBytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-3.75 12.5",
                "0 1",
                "-1 0",
                "0.001 0.0015",
                "-0.5 -0.25",
                "99.5 101.25",
                "7 7",
                "9.99 10.01",
                "-12 345",
                "0.1 0.1",
                "1.05 1.5",
                "0.95 1.05",
                "-100.5 -99.75"
            })
    void numbersAreThoseWithinTheirBounds(String bounds) {
        BigDecimal least = new BigDecimal(bounds.substring(0, bounds.indexOf(' ')));
        BigDecimal most = new BigDecimal(bounds.substring(bounds.indexOf(' ') + 1));
        String limits = "\"minimum\":" + least + ",\"maximum\":" + most;
        AllowedTokens numbers = bytes("{\"type\":\"number\"," + limits + "}");
        AllowedTokens open = bytes("{\"type\":\"number\",\"exclusiveMinimum\":" + least + ",\"maximum\":1000}");
        boolean hasWhole = least.setScale(0, java.math.RoundingMode.CEILING).compareTo(most) <= 0;
        AllowedTokens whole = hasWhole ? bytes("{\"type\":\"integer\"," + limits + "}") : numbers;
        Random random = new Random(5);
        for (int i = 0; i < 3_000; i++) {
            int scale = random.nextInt(5);
            double near = (random.nextBoolean() ? least : most).doubleValue();
            String text = String.format(
                    Locale.ROOT, "%." + scale + "f", near + random.nextGaussian() * Math.pow(10, -random.nextInt(5)));
            BigDecimal value = new BigDecimal(text);
            if (value.signum() == 0 && text.startsWith("-")) {
                continue; // Written or not, it is 0.
            }
            boolean within = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
            assertThat(fits(numbers, text)).as("%s in %s", text, bounds).isEqualTo(within);
            assertThat(fits(open, text))
                    .as("%s above %s", text, least)
                    .isEqualTo(value.compareTo(least) > 0 && value.compareTo(BigDecimal.valueOf(1000)) <= 0);
            if (hasWhole && scale == 0) {
                assertThat(fits(whole, text)).as("%s in %s", text, bounds).isEqualTo(within);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "[a-c]+#b#true",
                "^[a-c]+$#xb#false",
                "[a-c]+#xbx#true",
                "^a|b$#axx#true",
                "^a|b$#xxb#true",
                "^a|b$#xax#false",
                "^\\s$#\u2003#false",
                "^[\\S]$#\u2003#false",
                "^[^\\S]$#\u2003#false",
                "^[^\\S]$#' '#true",
                "^\\S$#\u00A0#false",
                "^[\\s]$#\uFEFF#false",
                "^[^\\s]$#\u3000#false",
                "^.$#\uD83D\uDE00#true",
                "^\\u{1F600}$#\uD83D\uDE00#true",
                "^\\x41\\v?$#A#true",
                "^[[&&]$#[#true",
                "^[[&&]$#&#true",
                "^(?<year>\\d{4})-(?:0[1-9]|1[0-2])$#2024-12#true",
                "^a{2,3}?$#aaaa#false",
                "^\\p{Lu}\\P{Lu}$#\u00C9e#true",
                "^\\d$#\u0663#false",
                "^$##true"
            })
    void patternsAreThoseOfEcmaScript(String pattern, String value, boolean expected) {
        String escaped = pattern.replace("\\", "\\\\");
        AllowedTokens allowed = bytes("{\"type\":\"string\",\"pattern\":\"" + escaped + "\"}");
        assertThat(fits(allowed, "\"" + (value == null ? "" : value) + "\"")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "\"a\\u00e9\\ud83d\\udE00\"#true", "\"\\ud83d\"#false", "\"\\udE00\"#false", "\"\\u00zz\"#false",
                "\"\\/\"#false", "\"\\b\\f\\n\\r\\t\\\"\\\\\"#true", "\"a\tb\"#false", "\"\u00E9\uD83D\uDE00\"#true"
            })
    void escapesAreThoseOfJson(String text, boolean expected) {
        assertThat(fits(bytes("{\"type\":\"string\"}"), text)).isEqualTo(expected);
    }

    @Test
    void lengthsCountCharactersNotBytesOrEscapes() {
        AllowedTokens two = bytes("{\"type\":\"string\",\"minLength\":2,\"maxLength\":2}");
        for (String text : List.of("ab", "\u00E9\u6F22", "\uD83D\uDE00a", "\\ud83d\\ude00a", "\\n\\\\")) {
            assertThat(fits(two, '"' + text + '"')).as(text).isTrue();
        }
        assertThat(fits(two, "\"\uD83D\uDE00\"")).isFalse();
        assertThat(fits(two, "\"abc\"")).isFalse();
    }

    @Test
    void invalidUtf8IsNeverBegun() {
        AllowedTokens allowed = bytes("{\"type\":\"string\"}");
        AllowedTokens.Position in = allowed.add(allowed.start(), '"');
        BitSet first = allowed.after(in, PLENTY);
        assertThat(first.get(0x80) || first.get(0xC0) || first.get(0xC1) || first.get(0xF5))
                .isFalse();
        assertThat(allowed.after(allowed.add(in, 0xE0), PLENTY).nextSetBit(0)).isEqualTo(0xA0);
        assertThat(allowed.after(allowed.add(in, 0xED), PLENTY).nextClearBit(0x80))
                .isEqualTo(0xA0);
        assertThat(allowed.after(allowed.add(in, 0xF4), PLENTY).nextClearBit(0x80))
                .isEqualTo(0x90);
    }

    /** The tokens kept for one place of a repetition serve others: they must be those of trying each token there. */
    @Test
    void allowedTokensAreThoseOfTryingEach() {
        List<String> pieces = List.of(
                "a",
                "b",
                "ab",
                "abc",
                "aaaaaaaaaaaa",
                "a".repeat(17),
                "\"",
                "\",\"",
                ",",
                "[",
                "]",
                "\"]",
                "],[",
                "1",
                "12",
                "{\"k\":",
                "}",
                "\\n",
                "\\",
                "n",
                "\u00E9",
                "k",
                ":",
                "{",
                "\"a\",\"b\",\"a\"",
                "a\"");
        Vocabulary vocabulary = new Vocabulary(pieces.stream()
                .map(piece -> piece.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new));
        List<String> schemas = List.of(
                "{\"type\":\"array\",\"maxItems\":40,\"items\":{\"type\":\"string\",\"maxLength\":60}}",
                "{\"type\":\"array\",\"minItems\":3,\"maxItems\":30,\"items\":{\"type\":\"string\",\"pattern\":\"^(ab?)*$\",\"minLength\":2,\"maxLength\":50}}",
                "{\"type\":\"string\",\"pattern\":\"^a*(ab){20}$\",\"maxLength\":64}",
                "{\"type\":\"object\",\"properties\":{\"k\":{\"anyOf\":[{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}},{\"type\":\"integer\",\"maximum\":2112}]}}}");
        Random random = new Random(2);
        for (String schema : schemas) {
            AllowedTokens allowed = new AllowedTokens(schema, "the JSON schema", vocabulary);
            for (int round = 0; round < 30; round++) {
                AllowedTokens.Position position = allowed.start();
                int left = allowed.fewestTokens() + random.nextInt(80);
                BitSet ids = allowed.after(position, left);
                while (!ids.isEmpty()) {
                    assertThat(ids).isEqualTo(tryingEach(allowed, position, left, pieces.size()));
                    int[] choices = ids.stream().toArray();
                    position = allowed.add(position, choices[random.nextInt(choices.length)]);
                    left--;
                    ids = allowed.after(position, left);
                }
                assertThat(position.isComplete()).as(schema).isTrue();
            }
        }
    }

    private static BitSet tryingEach(AllowedTokens allowed, AllowedTokens.Position position, int left, int size) {
        return IntStream.range(0, size)
                .filter(id -> allowed.add(position, id).fewestTokens() <= left - 1)
                .collect(BitSet::new, BitSet::set, BitSet::or);
    }

    @Test
    @Timeout(60)
    void hostileSchemasEndInTime() {
        String values =
                IntStream.range(0, 20_000).mapToObj(i -> "\"value " + i + "\"").collect(Collectors.joining(","));
        assertThat(fits(bytes("{\"enum\":[" + values + "]}"), "\"value 19999\""))
                .isTrue();
        assertThat(fits(
                        bytes("{\"type\":\"array\",\"items\":{\"type\":\"null\"},\"maxItems\":1e3,\"minItems\":0}"
                                .replace("1e3", "999999999999")),
                        "[null]"))
                .isTrue();
        assertThat(fits(bytes("{\"type\":\"string\",\"pattern\":\"^(a+)+$\"}"), "\"" + "a".repeat(5_000) + "\""))
                .isTrue();
        assertThat(fits(bytes("{\"type\":\"number\",\"minimum\":1e-999999999,\"maximum\":1e999999999}"), "5"))
                .isTrue();
        assertThatThrownBy(() -> bytes("{\"type\":\"string\",\"pattern\":\"(((a{100}){100}){100}){100}\"}"))
                .hasMessageContaining("repetitions of more than");
        String deep = "{\"anyOf\":[".repeat(300) + "{\"type\":\"null\"}" + "]}".repeat(300);
        assertThat(fits(bytes(deep), "null")).isTrue();
        String objects = "{\"type\":\"array\",\"maxItems\":1000,\"items\":".repeat(200) + "{\"type\":\"null\"}"
                + "}".repeat(200);
        assertThatThrownBy(() -> bytes(objects)).hasMessageContaining("the schema is too large");
        // Each level doubles the ways to read a text.
        String ambiguous =
                "{\"anyOf\":[{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}},{\"type\":\"array\",\"maxItems\":5,\"items\":{\"$ref\":\"#\"}}]}";
        assertThat(fits(bytes(ambiguous), "[".repeat(100) + "]".repeat(100))).isTrue();
        // A deterministic automaton of this pattern has 2 to the power of 400 states.
        AllowedTokens exponential = bytes("{\"type\":\"string\",\"pattern\":\"^[ab]*a[ab]{400}$\"}");
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("\"a");
        IntStream.range(0, 400).forEach(i -> text.append(random.nextBoolean() ? 'a' : 'b'));
        assertThat(fits(exponential, text.append('"').toString())).isTrue();
    }
}
