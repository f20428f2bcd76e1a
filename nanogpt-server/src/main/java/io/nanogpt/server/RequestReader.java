package io.nanogpt.server;

import io.nanogpt.LanguageModel;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.server.GenerationRequest.Prompt;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads requests for texts, and refuses what they ask for that would have no effect. */
final class RequestReader {
    /** Members of OpenAI's requests that have no effect on the text. */
    static final Set<String> HARMLESS = Set.of(
            "metadata",
            "parallel_tool_calls",
            "prediction",
            "prompt_cache_key",
            "prompt_cache_retention",
            "safety_identifier",
            "service_tier",
            "store",
            "user");

    private static final Set<String> SHARED =
            Set.of("model", "n", "stream", "stream_options", "max_tokens", "logprobs");
    private static final int MOST_CHOICES = 128;
    private static final int MOST_ALTERNATIVES = 20;
    /** The thread of the model encodes a prompt for each of its texts. */
    private static final int MOST_PROMPT_TOKENS = 1 << 18;

    /** OpenAI's. */
    private static final int DEFAULT_COMPLETION_TOKENS = 16;

    private final Settings settings;

    RequestReader(Settings settings) {
        this.settings = settings;
    }

    /** Reads a request of {@code /v1/completions}. */
    GenerationRequest completion(Map<String, @Nullable Object> body) {
        Fields fields = new Fields("", body);
        fields.requireKnown(known("prompt", "best_of", "echo", "suffix"), HARMLESS);
        fields.requireDefault("best_of", fields.get("n").orElse(BigInteger.ONE));
        fields.requireDefault("echo", false);
        fields.requireDefault("suffix", "");
        LanguageModel model = model(fields);
        Optional<Integer> alternatives = fields.integer("logprobs", 0, MOST_ALTERNATIVES);
        int maxTokens =
                maxTokens(fields, "max_tokens").orElse(Math.min(DEFAULT_COMPLETION_TOKENS, settings.maxTokens()));
        GenerationOptions options = new OptionsReader(fields, model).read(maxTokens);
        List<Prompt> prompts = new ArrayList<>();
        for (String prompt : prompts(fields)) {
            prompts.add(new Prompt(
                    (each, listener) -> model.generateAsync(prompt, each, listener), promptTokens(model, prompt)));
        }
        return request(
                fields, prompts, alternatives.map(options::withLogProbabilities).orElse(options), false);
    }

    private static List<String> prompts(Fields fields) {
        Object prompt = fields.get("prompt").orElseThrow(() -> fields.missing("prompt"));
        if (prompt instanceof List<?> list && list.stream().anyMatch(RequestReader::isTokens)) {
            throw ApiError.unsupported("prompt", "this server takes prompts as texts, not as token ids");
        }
        List<String> prompts = fields.texts("prompt");
        if (prompts.isEmpty()) {
            throw fields.wrong("prompt", "a string or an array of at least one");
        }
        return prompts;
    }

    /** Whether an element of a prompt or an input is a token id, or an array of such. */
    static boolean isTokens(@Nullable Object element) {
        return element instanceof BigInteger || element instanceof BigDecimal || element instanceof List<?>;
    }

    /** Reads a request of {@code /v1/chat/completions}. */
    GenerationRequest chat(Map<String, @Nullable Object> body) {
        Fields fields = new Fields("", body);
        fields.requireKnown(
                known("messages", "max_completion_tokens", "top_logprobs", "tools", "tool_choice", "modalities"),
                HARMLESS);
        fields.requireDefault("tools", List.of());
        fields.requireDefault("tool_choice", "none", "auto");
        fields.requireDefault("modalities", List.of("text"));
        LanguageModel model = model(fields);
        int maxTokens = maxTokens(fields, "max_completion_tokens")
                .or(() -> maxTokens(fields, "max_tokens"))
                .orElse(settings.maxTokens());
        GenerationOptions options = new OptionsReader(fields, model).read(maxTokens);
        Optional<Integer> alternatives = fields.integer("top_logprobs", 0, MOST_ALTERNATIVES);
        if (fields.flag("logprobs")) {
            options = options.withLogProbabilities(alternatives.orElse(0));
        } else if (alternatives.isPresent()) {
            throw ApiError.invalid("top_logprobs", "top_logprobs needs logprobs");
        }
        return request(fields, List.of(ChatReader.prompt(fields, model)), options, true);
    }

    private static Set<String> known(String... own) {
        Set<String> known = new TreeSet<>(SHARED);
        known.addAll(OptionsReader.MEMBERS);
        known.addAll(List.of(own));
        return known;
    }

    /** The model that a request names; the only one if it names none. */
    LanguageModel model(Fields fields) {
        Map<String, LanguageModel> models = settings.models();
        if (fields.get("model").isEmpty() && models.size() == 1) {
            return models.values().iterator().next();
        }
        String name = fields.requireText("model");
        LanguageModel model = models.get(name);
        if (model == null) {
            throw new ApiError(
                    404,
                    "invalid_request_error",
                    "there is no model of this name; the models are " + String.join(", ", models.keySet()),
                    "model",
                    "model_not_found");
        }
        return model;
    }

    /** The name of the model that a request names. */
    String modelName(Fields fields) {
        return fields.text("model")
                .orElseGet(() -> settings.models().keySet().iterator().next());
    }

    private Optional<Integer> maxTokens(Fields fields, String member) {
        return fields.integer(member, 1, settings.maxTokens());
    }

    private GenerationRequest request(Fields fields, List<Prompt> prompts, GenerationOptions options, boolean chat) {
        int samples = fields.integer("n", 1, MOST_CHOICES).orElse(1);
        if ((long) samples * prompts.size() > MOST_CHOICES) {
            throw ApiError.invalid("n", "n times the number of prompts must be at most " + MOST_CHOICES);
        }
        long tokens = samples * prompts.stream().mapToLong(Prompt::tokens).sum();
        if (tokens > MOST_PROMPT_TOKENS) {
            throw ApiError.invalid(
                    chat ? "messages" : "prompt",
                    "n times the tokens of the prompts must be at most " + MOST_PROMPT_TOKENS + ", but is " + tokens);
        }
        boolean stream = fields.flag("stream");
        Optional<Fields> streaming = fields.object("stream_options");
        if (streaming.isPresent()) {
            if (!stream) {
                throw ApiError.invalid("stream_options", "stream_options needs stream");
            }
            streaming.get().requireKnown(Set.of("include_usage"), Set.of("include_obfuscation"));
        }
        boolean usage = streaming.map(given -> given.flag("include_usage")).orElse(false);
        return new GenerationRequest(
                modelName(fields), prompts, options, samples, new GenerationRequest.Form(chat, stream, usage));
    }

    private static int promptTokens(LanguageModel model, String prompt) {
        try {
            int count = model.tokenizer().encodePrompt(prompt).length;
            if (count > 0) {
                return count;
            }
        } catch (IllegalArgumentException e) {
            throw ApiError.invalid("prompt", String.valueOf(e.getMessage()));
        }
        throw ApiError.invalid(
                "prompt",
                "the prompt has no token, so there is nothing to continue; give at least one"
                        + " character, for example a line break");
    }
}
