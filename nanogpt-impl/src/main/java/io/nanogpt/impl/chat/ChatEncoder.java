package io.nanogpt.impl.chat;

import io.nanogpt.NanogptException;
import io.nanogpt.chat.ChatPrompt;
import io.nanogpt.chat.ChatTemplate;
import io.nanogpt.chat.Message;
import io.nanogpt.chat.Role;
import io.nanogpt.spi.ChatRenderer.Rendered;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.SpecialTokenFilter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Encodes conversations with the template and the tokenizer of a model. */
public final class ChatEncoder {
    private static final List<Message> SAMPLE = List.of(Message.user("x"), Message.assistant("y"));

    private final ChatTemplate template;
    private final Tokenizer tokenizer;
    private final String end;
    private final OptionalInt endToken;

    /**
     * Creates an encoder.
     *
     * @throws NanogptException if the template cannot be rendered
     */
    public ChatEncoder(ChatTemplate template, Tokenizer tokenizer) {
        this.template = template;
        this.tokenizer = tokenizer;
        end = endOf(template);
        endToken = firstSpecial(end.strip(), tokenizer);
    }

    /** What the template writes after an answer; empty for one that does not take a question and an answer. */
    private static String endOf(ChatTemplate template) {
        Rendered rendered;
        try {
            rendered = template.rendered(SAMPLE, false);
        } catch (IllegalArgumentException e) {
            throw new NanogptException("the chat template takes no question with its answer: " + e.getMessage(), e);
        }
        return rendered.text().substring(endOf(rendered, SAMPLE.size() - 1));
    }

    /** The place after the last character of a message; 0 if the text has none of it. */
    private static int endOf(Rendered rendered, int message) {
        int end = rendered.text().length();
        while (end > 0 && rendered.message(end - 1) != message) {
            end--;
        }
        return end;
    }

    private static OptionalInt firstSpecial(String text, Tokenizer tokenizer) {
        String longest = "";
        int id = -1;
        for (Map.Entry<String, Integer> special : tokenizer.specialTokens().entrySet()) {
            if (text.startsWith(special.getKey()) && special.getKey().length() > longest.length()) {
                longest = special.getKey();
                id = special.getValue();
            }
        }
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** The special token with which the template ends an answer. */
    public OptionalInt endToken() {
        return endToken;
    }

    /** The text with which the template ends an answer, where it has no special token. */
    public Optional<String> endText() {
        if (endToken.isPresent() || end.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(end.isBlank() ? end : end.strip());
    }

    /** Encodes a conversation with the beginning of an answer. */
    public ChatPrompt prompt(List<Message> messages) {
        Rendered rendered = template.rendered(messages, true);
        return new ChatPrompt(rendered.text(), tokenizer.encode(rendered.text(), ofTemplate(rendered)));
    }

    /**
     * A conversation to train on.
     *
     * @param ids of the whole conversation
     * @param predicted the indices of the ids of the assistant's messages, each with what ends it
     */
    // Made here and taken apart by the caller: never compared.
    @SuppressWarnings("ArrayRecordComponent")
    public record Example(int[] ids, BitSet predicted) {}

    /**
     * Encodes a conversation with its answers. An answer is encoded by itself, as a model continues the ids before it.
     *
     * @throws IllegalArgumentException if the template leaves out all answers
     */
    public Example example(List<Message> messages) {
        Rendered rendered = template.rendered(messages, false);
        String text = rendered.text();
        IntStream.Builder ids = IntStream.builder();
        BitSet predicted = new BitSet();
        int size = 0;
        int at = 0;
        for (int message = 0; message < messages.size(); message++) {
            int from = beginOf(rendered, message, at);
            if (messages.get(message).role() != Role.ASSISTANT || from < 0) {
                continue;
            }
            int to = endOf(rendered, message);
            to += text.startsWith(end, to) ? end.length() : 0;
            size += add(rendered, at, from, ids);
            int response = add(rendered, from, to, ids);
            predicted.set(size, size + response);
            size += response;
            at = to;
        }
        add(rendered, at, text.length(), ids);
        if (predicted.isEmpty()) {
            requireAnswer(messages);
            throw new IllegalArgumentException("the chat template writes no answer of the assistant");
        }
        return new Example(ids.build().toArray(), predicted);
    }

    /** Refuses a conversation whose answers are empty: what is missing there is not missing in the template. */
    private static void requireAnswer(List<Message> messages) {
        if (messages.stream()
                .filter(message -> message.role() == Role.ASSISTANT)
                .allMatch(message -> message.content().isBlank())) {
            throw new IllegalArgumentException(
                    "no answer of the assistant (content, or response) has a text, so there is"
                            + " nothing to learn; give one, or leave the conversation out");
        }
    }

    private int add(Rendered rendered, int from, int to, IntStream.Builder ids) {
        if (from == to) {
            return 0;
        }
        SpecialTokenFilter filter = ofTemplate(rendered);
        int[] part = tokenizer.encode(
                rendered.text().substring(from, to), (begin, end) -> filter.accepts(from + begin, from + end));
        Arrays.stream(part).forEach(ids::add);
        return part.length;
    }

    /** The place of the first character of a message; -1 if the text has none of it. */
    private static int beginOf(Rendered rendered, int message, int from) {
        for (int at = from; at < rendered.text().length(); at++) {
            if (rendered.message(at) == message) {
                return at;
            }
        }
        return -1;
    }

    /** Accepts the special tokens of the template, but not the same characters within a message. */
    private static SpecialTokenFilter ofTemplate(Rendered rendered) {
        return (from, to) -> {
            for (int at = from; at < to; at++) {
                if (rendered.message(at) >= 0) {
                    return false;
                }
            }
            return true;
        };
    }
}
