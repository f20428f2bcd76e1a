package io.nanogpt.impl.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.JsonSchema;
import io.nanogpt.impl.fakes.PieceTokenizer;
import io.nanogpt.impl.fakes.RecordingDecoder;
import io.nanogpt.spi.Decoder;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Tag("any-jdk")
class JsonConstraintTest {
    /** Refuses names that occur twice. */
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final String PRINTABLE =
            IntStream.range(' ', 0x7F).mapToObj(Character::toString).reduce("\n", String::concat);

    private static final Tokenizer CHARACTERS =
            Tokenizers.characters().train(Corpus.ofText(PRINTABLE + "\u00E9\u6F22\uD83D\uDE00"));

    private static final Tokenizer BYTES = Tokenizers.byteLevelBpe()
            .vocabularySize(512)
            .specialTokens("<|endoftext|>")
            .train(Corpus.ofText(
                    "{\"name\":\"Zo\u00EB\",\"tags\":[\"a\",\"b\"],\"n\":12.5} the cat sat on the mat, \u6F22\u5B57 \uD83D\uDE00 "
                            .repeat(20)));

    private static final List<String> SCHEMAS = List.of("""
            {"type":"object","additionalProperties":false,"required":["name","age"],"properties":{
              "name":{"type":"string","minLength":1,"maxLength":12},
              "age":{"type":"integer","minimum":0,"maximum":130},
              "email":{"type":"string","pattern":"^[a-z]+@[a-z]+\\\\.(com|org)$"}}}""", """
            {"type":"array","minItems":2,"maxItems":5,"items":{"enum":["red","green","bl\u00FCe",1,10,null,[1,{"a":2}]]}}""", """
            {"$defs":{"tree":{"type":"object","required":["value"],"additionalProperties":false,"properties":{
              "value":{"type":"number"},"children":{"type":"array","items":{"$ref":"#/$defs/tree"}}}}},
             "$ref":"#/$defs/tree"}""", """
            {"anyOf":[{"type":"string","maxLength":40},{"type":"number","minimum":-2.5,"exclusiveMaximum":1000.125},
              {"type":"array","items":{"type":"boolean"}},{"const":{"k":[true,"\\"\\\\\\n\u00E9"]}}]}""", """
            {"type":"string"}""", """
            {"type":["integer","null"],"minimum":-1234,"maximum":-17}""", """
            {"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"boolean"},"c":{"type":"null"},
              "d \\"quoted\\" \u00E9\u6F22\uD83D\uDE00/~":{"type":"string","pattern":"\\\\d{3}-\\\\S","maxLength":30}}}""", """
            {"type":"array","items":{"type":"array","items":{"type":"array","items":{"$ref":"#"}}}}""", """
            {"type":"object","required":["u","v","w"],"properties":{
              "u":{"type":"string","pattern":"^[^a-z\u00E9]*$","minLength":3,"maxLength":8},
              "v":{"type":"string","pattern":"^(?:\\\\w+\\\\s)*\\\\p{L}{2,}$"},
              "w":{"type":"string","pattern":"^[\\\\u0000-\\\\u00ff]{5}$|x"}}}""", """
            {"type":"object","required":["low","tiny","between"],"properties":{
              "low":{"type":"number","exclusiveMinimum":0},"tiny":{"type":"number","minimum":1e-9,"maximum":3.5e-9},
              "between":{"type":"number","minimum":-0.125,"maximum":0.0625},
              "open":{"type":"integer","minimum":98765}}}""");

    /** Logits that are the same for the same tokens, as those of an untrained model. */
    private static Decoder untrained(int vocabulary) {
        return new RecordingDecoder(64, (tokens, logits) -> {
            Random random = new Random(31L * tokens.hashCode() + tokens.size());
            for (int id = 0; id < vocabulary; id++) {
                logits[id] = (float) random.nextGaussian();
            }
        });
    }

    private static TextGenerator generator(Tokenizer tokenizer, int vocabulary) {
        return Generators.of(tokenizer, vocabulary, untrained(vocabulary));
    }

    private static String generate(Tokenizer tokenizer, JsonSchema schema, int maxTokens, long seed) {
        GenerationOptions options = GenerationOptions.defaults()
                .withMaxTokens(maxTokens)
                .withJsonSchema(schema)
                .withSeed(seed);
        int vocabulary = tokenizer.vocabularySize();
        return generator(tokenizer, vocabulary).generate("x", options, token -> {});
    }

    @TestFactory
    Stream<DynamicTest> everythingThatIsWrittenParsesAndFits() {
        return Stream.of(CHARACTERS, BYTES)
                .flatMap(tokenizer -> SCHEMAS.stream()
                        .map(schema -> DynamicTest.dynamicTest(
                                tokenizer.vocabularySize() + " " + schema, () -> sample(tokenizer, schema, 100))));
    }

    private static void sample(Tokenizer tokenizer, String text, int count) throws JsonProcessingException {
        com.networknt.schema.JsonSchema validator =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(text);
        JsonSchema schema = JsonSchema.of(text);
        TextGenerator generator = generator(tokenizer, tokenizer.vocabularySize());
        Set<String> written = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            GenerationOptions options = GenerationOptions.defaults()
                    .withMaxTokens(120 + i)
                    .withJsonSchema(schema)
                    .withSeed(i);
            String json = generator.generate("x", options, token -> {});
            JsonNode value = MAPPER.readTree(json);
            assertThat(validator.validate(value)).as(json).isEmpty();
            assertThat(json).doesNotContain("<|endoftext|>");
            written.add(json);
        }
        assertThat(written).hasSizeGreaterThan(5);
    }

    @Test
    void aValueIsCompleteWithinTheFewestTokens() {
        JsonSchema schema = JsonSchema.of("""
                {"type":"object","required":["id","list"],"properties":{"id":{"type":"integer","minimum":100,"maximum":999},
                 "list":{"type":"array","minItems":2,"items":{"type":"string","minLength":2}}}}""");
        String shortest = "{\"id\":100,\"list\":[\"ab\",\"cd\"]}";
        assertThat(generate(CHARACTERS, schema, shortest.length(), 1)).hasSameSizeAs(shortest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> generate(CHARACTERS, schema, shortest.length() - 1, 1))
                .withMessageContainingAll(
                        "takes up to " + shortest.length() + " tokens", "maxTokens is " + (shortest.length() - 1));
    }

    @Test
    void aTokenOfSeveralCharactersIsCountedAsOne() {
        PieceTokenizer pieces = PieceTokenizer.of("{", "\"", "\"identification\":", "1", "}", "x");
        JsonSchema schema = JsonSchema.of("""
                {"type":"object","required":["identification"],"properties":{"identification":{"const":11}}}""");
        assertThat(generate(pieces, schema, 5, 1)).isEqualTo("{\"identification\":11}");
    }

    @Test
    void charactersOfSeveralTokensAreWrittenWhole() {
        Tokenizer bytes = Tokenizers.byteLevelBpe().vocabularySize(256).train(Corpus.ofText("ab"));
        JsonSchema schema = JsonSchema.of("{\"enum\":[\"\u6F22\u5B57\",\"\u6F22\uD83D\uDE00\"]}");
        Set<String> written = new TreeSet<>();
        for (int seed = 0; seed < 20; seed++) {
            written.add(generate(bytes, schema, 20, seed));
        }
        assertThat(written).containsExactlyInAnyOrder("\"\u6F22\u5B57\"", "\"\u6F22\uD83D\uDE00\"");
    }

    @Test
    void aCharacterThatTheVocabularyLacksIsWrittenByItsNumber() {
        Tokenizer ascii = Tokenizers.characters().train(Corpus.ofText(PRINTABLE));
        JsonSchema schema = JsonSchema.of("{\"const\":\"\u00E9\uD83D\uDE00\"}");
        assertThat(generate(ascii, schema, 50, 1)).isEqualTo("\"\\u00e9\\ud83d\\ude00\"");
    }

    @Test
    void aSchemaThatTheVocabularyCannotExpressIsRefusedWithItsPlace() {
        Tokenizer noBraces = Tokenizers.characters().train(Corpus.ofText("abc[]\",:0123456789x"));
        JsonSchema schema = JsonSchema.of("""
                {"type":"array","minItems":1,"items":{"type":"object","properties":{},"additionalProperties":false}}""");
        assertThatThrownBy(() -> generate(noBraces, schema, 50, 1))
                .isInstanceOf(NanogptException.class)
                .hasMessage("the JSON schema, #/items: the vocabulary has no token for {");
        JsonSchema name = JsonSchema.of("{\"type\":\"array\",\"minItems\":1,\"items\":{\"enum\":[\"ax\",\"dx\"]}}");
        assertThat(generate(noBraces, name, 6, 1)).isEqualTo("[\"ax\"]");
        JsonSchema upper = JsonSchema.of("{\"type\":\"string\",\"pattern\":\"^[A-C]\"}");
        assertThatThrownBy(() -> generate(noBraces, upper, 50, 1))
                .hasMessage("the JSON schema, #: the vocabulary has no token for any of A B C");
    }

    @Test
    void anotherRuleThatForbidsTheValueIsNamed() {
        GenerationOptions options = GenerationOptions.defaults()
                .withJsonSchema(JsonSchema.of("{\"const\":\"ab\"}"))
                .withForbidden("b");
        TextGenerator generator = generator(CHARACTERS, CHARACTERS.vocabularySize());
        assertThatThrownBy(() -> generator.generate("x", options, token -> {}))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("no token can follow \"\"a\" within the JSON schema", "forbidden text");
    }

    @Test
    void stopsAndPatternsAreRefusedBesideASchema() {
        GenerationOptions options = GenerationOptions.defaults().withJsonSchema(JsonSchema.of("{\"type\":\"null\"}"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withStop("u"))
                .withMessageContaining("[u]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withPattern(Pattern.compile("a")))
                .withMessageContaining("a pattern or a JSON schema, not both");
    }

    @Test
    void aPromptThatEndsWithinACharacterIsRefused() {
        PieceTokenizer pieces = PieceTokenizer.of("n", "u", "l", "\uD83D", "x");
        GenerationOptions options = GenerationOptions.defaults().withJsonSchema(JsonSchema.of("{\"type\":\"null\"}"));
        assertThat(generator(pieces, 5).generate("x", options, token -> {})).isEqualTo("null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> generator(pieces, 5).generate("\uD83D", options, token -> {}))
                .withMessageContaining("ends within a character");
    }

    @Test
    void everyBeamIsAWholeValue() throws JsonProcessingException {
        JsonSchema schema = JsonSchema.of(SCHEMAS.get(0));
        int vocabulary = CHARACTERS.vocabularySize();
        List<Decoder> decoders =
                IntStream.range(0, 3).mapToObj(i -> untrained(vocabulary)).toList();
        List<BeamSearch.Hypothesis> found = Generators.of(CHARACTERS, vocabulary, decoders)
                .beamSearch(
                        "x",
                        BeamSearch.of(3),
                        GenerationOptions.defaults().withMaxTokens(70).withJsonSchema(schema));
        assertThat(found).isNotEmpty();
        for (BeamSearch.Hypothesis hypothesis : found) {
            assertThat(MAPPER.readTree(hypothesis.text()).has("name")).isTrue();
        }
    }

    @Test
    @Timeout(120)
    void deepValuesCloseBeforeParsersRefuseThem() throws JsonProcessingException {
        PieceTokenizer brackets = PieceTokenizer.of("[", "]", ",", "x");
        RecordingDecoder nesting = new RecordingDecoder(64, (tokens, logits) -> {
            Arrays.fill(logits, 0);
            logits[0] = 1_000;
        });
        GenerationOptions options = GenerationOptions.defaults()
                .withMaxTokens(5_000)
                .withJsonSchema(JsonSchema.of("{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}"));
        String json = Generators.of(brackets, 4, nesting).generate("x", options, token -> {});
        assertThat(MAPPER.readTree(json).isArray()).isTrue();
        int depth = 0;
        int deepest = 0;
        for (int at = 0; at < json.length(); at++) {
            char c = json.charAt(at);
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            deepest = Math.max(deepest, depth);
        }
        assertThat(deepest).isBetween(200, 210);
    }
}
