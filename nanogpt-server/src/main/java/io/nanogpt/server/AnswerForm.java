package io.nanogpt.server;

import io.nanogpt.generate.Token;
import io.nanogpt.generate.Token.Scores;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of an answer with texts, whole and in chunks. */
final class AnswerForm {
    private static final int BYTE = 0xFF;

    private final GenerationRequest request;
    private final String id;
    private final long created;

    /**
     * Creates a form.
     *
     * @param id a random name of the answer
     * @param created seconds since 1970
     */
    AnswerForm(GenerationRequest request, String id, long created) {
        this.request = request;
        this.id = (isChat() ? "chatcmpl-" : "cmpl-") + id;
        this.created = created;
    }

    private boolean isChat() {
        return request.form().chat();
    }

    /** The whole answer. */
    Map<String, @Nullable Object> whole(List<Choice> choices) {
        Map<String, @Nullable Object> answer = head(isChat() ? "chat.completion" : "text_completion");
        answer.put("choices", choices.stream().map(this::whole).toList());
        answer.put("usage", usage(choices));
        return answer;
    }

    private Map<String, @Nullable Object> whole(Choice choice) {
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("index", choice.index());
        if (isChat()) {
            Map<String, @Nullable Object> message = new LinkedHashMap<>();
            message.put("role", "assistant");
            message.put("content", choice.text());
            message.put("refusal", null);
            form.put("message", message);
        } else {
            form.put("text", choice.text());
        }
        form.put("logprobs", scores(choice.tokens(), 0));
        form.put("finish_reason", choice.finishReason());
        return form;
    }

    /** A chunk with a token of a choice. */
    Map<String, @Nullable Object> chunk(Choice choice, Token token, int offset) {
        return chunk(choice, token.text(), scores(List.of(token), offset));
    }

    /** The first chunk of a choice, in a chat. */
    Map<String, @Nullable Object> begin(Choice choice) {
        return chunk(choice, Map.of("role", "assistant", "content", ""), null);
    }

    /** The last chunk of a choice. */
    Map<String, @Nullable Object> end(Choice choice) {
        return isChat() ? chunk(choice, Map.of(), null) : chunk(choice, "", null);
    }

    /** The chunk with the number of tokens. */
    Map<String, @Nullable Object> usageChunk(List<Choice> choices) {
        Map<String, @Nullable Object> chunk = head(isChat() ? "chat.completion.chunk" : "text_completion");
        chunk.put("choices", List.of());
        chunk.put("usage", usage(choices));
        return chunk;
    }

    private Map<String, @Nullable Object> chunk(Choice choice, String text, @Nullable Object scores) {
        if (isChat()) {
            return chunk(choice, Map.of("content", text), scores);
        }
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("index", choice.index());
        form.put("text", text);
        return chunk(form, choice, scores);
    }

    private Map<String, @Nullable Object> chunk(Choice choice, Map<String, Object> delta, @Nullable Object scores) {
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("index", choice.index());
        form.put("delta", delta);
        return chunk(form, choice, scores);
    }

    private Map<String, @Nullable Object> chunk(
            Map<String, @Nullable Object> form, Choice choice, @Nullable Object scores) {
        form.put("logprobs", scores);
        form.put("finish_reason", choice.finishReason());
        Map<String, @Nullable Object> chunk = head(isChat() ? "chat.completion.chunk" : "text_completion");
        chunk.put("choices", List.of(form));
        if (request.form().includeUsage()) {
            chunk.put("usage", null);
        }
        return chunk;
    }

    private Map<String, @Nullable Object> head(String object) {
        Map<String, @Nullable Object> head = new LinkedHashMap<>();
        head.put("id", id);
        head.put("object", object);
        head.put("created", created);
        head.put("model", request.name());
        return head;
    }

    private Map<String, @Nullable Object> usage(List<Choice> choices) {
        long completion = choices.stream().mapToLong(Choice::count).sum();
        Map<String, @Nullable Object> usage = new LinkedHashMap<>();
        usage.put("prompt_tokens", request.promptTokens());
        usage.put("completion_tokens", completion);
        usage.put("total_tokens", request.promptTokens() + completion);
        return usage;
    }

    private @Nullable Object scores(List<Token> tokens, int offset) {
        if (request.options().logProbabilities().isEmpty()) {
            return null;
        }
        return isChat() ? chatScores(tokens) : completionScores(tokens, offset);
    }

    private static Map<String, @Nullable Object> chatScores(List<Token> tokens) {
        List<Object> content = new ArrayList<>();
        for (Token token : tokens) {
            Scores scores = token.scores().orElseThrow();
            Map<String, @Nullable Object> form = scored(token.text(), scores.logProbability());
            form.put(
                    "top_logprobs",
                    scores.best().stream()
                            .map(best -> scored(best.text(), best.logProbability()))
                            .toList());
            content.add(form);
        }
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("content", content);
        form.put("refusal", null);
        return form;
    }

    private static Map<String, @Nullable Object> scored(String text, double logProbability) {
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("token", text);
        form.put("logprob", finite(logProbability));
        List<Object> bytes = new ArrayList<>();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(each & BYTE);
        }
        form.put("bytes", bytes);
        return form;
    }

    private static Map<String, @Nullable Object> completionScores(List<Token> tokens, int first) {
        List<Object> texts = new ArrayList<>();
        List<Object> logProbabilities = new ArrayList<>();
        List<Object> best = new ArrayList<>();
        List<Object> offsets = new ArrayList<>();
        int offset = first;
        for (Token token : tokens) {
            Scores scores = token.scores().orElseThrow();
            texts.add(token.text());
            logProbabilities.add(finite(scores.logProbability()));
            Map<String, Object> alternatives = new LinkedHashMap<>();
            scores.best().forEach(each -> alternatives.putIfAbsent(each.text(), finite(each.logProbability())));
            best.add(alternatives);
            offsets.add(offset);
            offset += token.text().codePointCount(0, token.text().length());
        }
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("tokens", texts);
        form.put("token_logprobs", logProbabilities);
        form.put("top_logprobs", best);
        form.put("text_offset", offsets);
        return form;
    }

    /** JSON has no infinity; OpenAI writes -9999 for what is next to impossible. */
    private static double finite(double logProbability) {
        return Math.max(-9999, logProbability);
    }
}
