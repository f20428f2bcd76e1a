package io.nanogpt.impl.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.JsonSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** JSON from a model that has hardly been trained, on records whose end a string of the value may hold. */
class JsonGenerationTest {
    private static final JsonSchema SCHEMA = JsonSchema.of("""
            {"type": "object", "additionalProperties": false, "required": ["stain", "cells"],
             "properties": {
               "stain": {"enum": ["H&E", "CD20"]},
               "cells": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
               "grade": {"type": "integer", "minimum": 1, "maximum": 4}}}
            """);

    @Test
    void valuesAreWholeFromAnyThreadWhateverEndsARecord() throws Exception {
        String ascii = IntStream.range(' ', 0x7F).mapToObj(Character::toString).collect(Collectors.joining());
        List<String> records = IntStream.range(0, 40).mapToObj(i -> ascii + i).toList();
        GenerationOptions options =
                GenerationOptions.defaults().withMaxTokens(120).withJsonSchema(SCHEMA);
        try (LanguageModel model = GPT.builder()
                .layers(1)
                .heads(1)
                .embeddingSize(8)
                .contextLength(16)
                .steps(1)
                .threads(1)
                .train(Corpus.ofStrings(records))) {
            assertThat(model.recordEnd()).isPresent();
            List<String> alone = model.samples("a", 20, options);
            for (String json : alone) {
                JsonNode value = new ObjectMapper().readTree(json);
                assertThat(value.get("stain").asText()).isIn("H&E", "CD20");
                assertThat(value.get("cells")).isNotEmpty();
            }
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<String>> together = new ArrayList<>();
                for (int i = 0; i < alone.size(); i++) {
                    GenerationOptions each = options.withSeed(options.seed() + i);
                    together.add(threads.submit(() -> model.generate("a", each)));
                }
                for (int i = 0; i < alone.size(); i++) {
                    assertThat(together.get(i).get()).isEqualTo(alone.get(i));
                }
            } finally {
                threads.shutdown();
            }
        }
    }
}
