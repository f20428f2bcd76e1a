package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.pipeline.PostProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the {@code post_processor} of a {@code tokenizer.json}. */
final class PostProcessorReader {
    private PostProcessorReader() {}

    /**
     * Reads a post-processor.
     *
     * @param size of the vocabulary; added ids are below it
     */
    static PostProcessor read(@Nullable JsonValue json, int size) {
        if (json == null) {
            return PostProcessor.NONE;
        }
        String type = json.member("type").string();
        return switch (type) {
            case "ByteLevel" -> PostProcessor.NONE; // It changes offsets only.
            case "TemplateProcessing" -> template(json, size);
            case "BertProcessing", "RobertaProcessing" ->
                new PostProcessor(new int[] {id(json.member("cls"), size)}, new int[] {id(json.member("sep"), size)});
            case "Sequence" -> {
                PostProcessor all = PostProcessor.NONE;
                for (JsonValue step : StageJson.steps(json, "processors")) {
                    all = all.within(read(step, size));
                }
                yield all;
            }
            default -> throw StageJson.unsupported(json, "the post-processor " + type);
        };
    }

    /** The id of a pair {@code ["<s>", 0]}. */
    private static int id(JsonValue pair, int size) {
        List<JsonValue> parts = pair.elements();
        if (parts.size() != 2) {
            throw pair.error("expected a token and its id, but found " + parts.size() + " elements");
        }
        return (int) parts.get(1).integer(0, size - 1L);
    }

    private static PostProcessor template(JsonValue json, int size) {
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        int texts = 0;
        JsonValue single = json.member("single");
        for (JsonValue part : single.elements()) {
            JsonValue special = part.optional("SpecialToken");
            if (special == null) {
                part.member("Sequence");
                texts++;
            } else {
                ids(json.member("special_tokens"), special.member("id"), size, texts == 0 ? before : after);
            }
        }
        if (texts != 1) {
            throw StageJson.unsupported(single, "a template that has the text " + texts + " times");
        }
        return new PostProcessor(array(before), array(after));
    }

    private static void ids(JsonValue tokens, JsonValue name, int size, List<Integer> ids) {
        Map<String, JsonValue> known = tokens.members();
        JsonValue token = known.get(name.string());
        if (token == null) {
            throw name.error("the special token " + name.string() + " is none of special_tokens: " + known.keySet());
        }
        token.member("ids").elements().forEach(id -> ids.add((int) id.integer(0, size - 1L)));
    }

    private static int[] array(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
