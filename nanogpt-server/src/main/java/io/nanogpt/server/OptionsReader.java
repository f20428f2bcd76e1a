package io.nanogpt.server;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.JsonSchema;
import io.nanogpt.generate.LogitsProcessor;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Reads the options of generation that completions and chat completions share. */
final class OptionsReader {
    private static final Pattern WORD = Pattern.compile("_(.)");
    /** The members that are read here. */
    static final Set<String> MEMBERS = Set.of(
            "frequency_penalty",
            "logit_bias",
            "min_p",
            "presence_penalty",
            "repetition_penalty",
            "response_format",
            "seed",
            "stop",
            "temperature",
            "top_k",
            "top_p");

    private static final int MOST_STOPS = 16;
    private static final int LONGEST_SCHEMA = 1 << 16;
    private static final double MOST_BIAS = 100;
    private static final double MOST_PENALTY = 2;

    private final Fields fields;
    private final LanguageModel model;

    OptionsReader(Fields fields, LanguageModel model) {
        this.fields = fields;
        this.model = model;
    }

    GenerationOptions read(int maxTokens) {
        GenerationOptions options = GenerationOptions.defaults()
                .withMaxTokens(maxTokens)
                .withSeed(fields.wholeNumber("seed")
                        .orElseGet(() -> ThreadLocalRandom.current().nextLong(Integer.MAX_VALUE)));
        return constrained(penalized(sampled(options)));
    }

    private GenerationOptions sampled(GenerationOptions given) {
        GenerationOptions options = given;
        options = with(options, "temperature", options::withTemperature);
        options = with(options, "top_p", options::withTopP);
        options = with(options, "min_p", options::withMinP);
        if (fields.get("top_k").isPresent()) {
            options = options.withTopK(
                    fields.integer("top_k", 1, Integer.MAX_VALUE).orElseThrow());
        }
        return options;
    }

    private GenerationOptions penalized(GenerationOptions given) {
        GenerationOptions options = given;
        options = with(options, "repetition_penalty", options::withRepetitionPenalty);
        options = fields.number("frequency_penalty", -MOST_PENALTY, MOST_PENALTY)
                .map(options::withFrequencyPenalty)
                .orElse(options);
        return fields.number("presence_penalty", -MOST_PENALTY, MOST_PENALTY)
                .map(options::withPresencePenalty)
                .orElse(options);
    }

    private GenerationOptions with(GenerationOptions options, String member, DoubleFunction<GenerationOptions> set) {
        return fields.number(member)
                .map(value -> named(member, any -> set.apply(value)).apply(options))
                .orElse(options);
    }

    /** Names the member in what the options refuse. */
    private static UnaryOperator<GenerationOptions> named(String member, UnaryOperator<GenerationOptions> change) {
        return options -> {
            try {
                return change.apply(options);
            } catch (IllegalArgumentException e) {
                throw ApiError.invalid(member, String.valueOf(e.getMessage()).replace(inJava(member), member));
            }
        };
    }

    /** The name that the options have for a member: topP for top_p. */
    private static String inJava(String member) {
        return WORD.matcher(member).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
    }

    private GenerationOptions constrained(GenerationOptions given) {
        GenerationOptions options = given;
        Map<String, Double> bias = fields.numbers("logit_bias", -MOST_BIAS, MOST_BIAS);
        if (!bias.isEmpty()) {
            options = options.withProcessor(bias(bias));
        }
        List<String> stops = fields.texts("stop");
        if (stops.size() > MOST_STOPS) {
            throw fields.wrong("stop", "at most " + MOST_STOPS + " texts");
        }
        for (String stop : stops) {
            options = named("stop", before -> before.withStop(stop)).apply(options);
        }
        return formatted(options);
    }

    private LogitsProcessor bias(Map<String, Double> byName) {
        Map<Integer, Float> bias = new HashMap<>();
        byName.forEach((name, value) -> {
            try {
                int id = Integer.parseInt(name);
                if (id >= 0 && id < model.tokenizer().vocabularySize()) {
                    bias.put(id, value.floatValue());
                    return;
                }
            } catch (NumberFormatException e) {
                // Refused as an id beyond the vocabulary is.
            }
            throw ApiError.invalid(
                    "logit_bias",
                    "the names in logit_bias must be token ids from 0 to "
                            + (model.tokenizer().vocabularySize() - 1));
        });
        return (context, logits) -> bias.forEach((id, value) -> logits[id] += value);
    }

    private GenerationOptions formatted(GenerationOptions options) {
        Fields format = fields.object("response_format").orElse(null);
        if (format == null) {
            return options;
        }
        String type = format.requireText("type");
        return switch (type) {
            case "text" -> options;
            case "json_schema" -> {
                Fields named = format.object("json_schema").orElseThrow(() -> format.missing("json_schema"));
                yield schema(options, named);
            }
            case "json_object" ->
                throw ApiError.unsupported(
                        "response_format.type",
                        "this server writes JSON by a schema alone; give response_format the type json_schema, and a"
                                + " schema");
            default -> throw format.wrong("type", "text or json_schema");
        };
    }

    private static GenerationOptions schema(GenerationOptions options, Fields named) {
        Object given = named.get("schema").orElseThrow(() -> named.missing("schema"));
        String path = named.name("schema");
        String text = Json.text(named.members("schema", given));
        if (text.length() > LONGEST_SCHEMA) {
            throw ApiError.invalid(path, path + " must have at most " + LONGEST_SCHEMA + " characters");
        }
        try {
            return options.withJsonSchema(JsonSchema.of(text));
        } catch (NanogptException | IllegalArgumentException e) {
            throw ApiError.invalid(path, String.valueOf(e.getMessage()));
        }
    }
}
