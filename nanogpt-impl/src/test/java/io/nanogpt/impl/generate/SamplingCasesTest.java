package io.nanogpt.impl.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.files.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Probabilities under settings of sampling. The same cases hold the page of the explorer, which computes them in the
 * browser, to them.
 */
@Tag("any-jdk")
class SamplingCasesTest {
    @Test
    void probabilitiesAreThoseOfTheCases() throws IOException {
        List<JsonValue> cases = cases().elements();
        assertThat(cases).hasSizeGreaterThan(5);
        for (JsonValue each : cases) {
            JsonValue settings = each.member("settings");
            int topK = (int) settings.member("topK").integer(0, 100);
            GenerationOptions options = GenerationOptions.temperature(
                            settings.member("temperature").number())
                    .withTopP(settings.member("topP").number())
                    .withMinP(settings.member("minP").number());
            if (topK > 0) {
                options = options.withTopK(topK);
            }
            float[] logits = floats(each.member("logits"));
            double[] kept = TokenSamplers.kept(logits, options.sampling());
            double sum = DoubleStream.of(kept).sum();
            float[] expected = floats(each.member("probabilities"));
            assertThat(expected).hasSameSizeAs(kept);
            for (int id = 0; id < kept.length; id++) {
                assertThat(kept[id] / sum).as(each.json()).isCloseTo(expected[id], within(1e-6));
            }
        }
    }

    private static float[] floats(JsonValue numbers) {
        List<JsonValue> elements = numbers.elements();
        float[] values = new float[elements.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) elements.get(i).number();
        }
        return values;
    }

    private static JsonValue cases() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(SamplingCasesTest.class.getResourceAsStream("/sampling/cases.json"), "cases")) {
            return JsonValue.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "cases.json", "cases");
        }
    }
}
