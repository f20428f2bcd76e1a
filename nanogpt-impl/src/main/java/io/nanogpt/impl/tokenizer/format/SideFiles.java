package io.nanogpt.impl.tokenizer.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.impl.files.JsonValue;
import io.nanogpt.impl.tokenizer.pipeline.AddedToken;
import io.nanogpt.impl.tokenizer.pretokenize.KnownPatterns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What transformers puts beside {@code vocab.json} and {@code merges.txt}: {@code added_tokens.json}, ids of tokens that
 * are not in the vocabulary, {@code special_tokens_map.json}, special tokens by their use, and
 * {@code tokenizer_config.json}, the class of the tokenizer and its settings.
 */
final class SideFiles {
    private static final String ADDED = "added_tokens.json";
    private static final String SPECIAL = "special_tokens_map.json";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String BEGIN = "bos_token";
    private static final String END = "eos_token";

    /** The uses of special tokens, in the order in which transformers gives ids to new ones. */
    private static final List<String> USES =
            List.of(BEGIN, END, "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private static final Set<String> PLAIN =
            Set.of("GPT2Tokenizer", "CodeGenTokenizer", "PreTrainedTokenizer", "TokenizersBackend");
    private static final Set<String> ROBERTA =
            Set.of("RobertaTokenizer", "BartTokenizer", "LongformerTokenizer", "LEDTokenizer");
    private static final String QWEN2 = "Qwen2Tokenizer";

    private final Optional<JsonValue> config;
    private final Map<String, AddedToken> added = new LinkedHashMap<>();
    private final Map<String, String> uses = new LinkedHashMap<>();
    private final JsonValue vocabulary;
    private final boolean empty;

    private SideFiles(Path folder, JsonValue vocabulary) {
        this.vocabulary = vocabulary;
        config = file(folder, CONFIG);
        Optional<JsonValue> ids = file(folder, ADDED);
        Optional<JsonValue> special = file(folder, SPECIAL);
        empty = config.isEmpty() && ids.isEmpty() && special.isEmpty();
        config.ifPresent(this::requireKnown);
        ids.ifPresent(tokens -> tokens.members().forEach((text, id) -> add(text, id(id), tokens, false)));
        config.map(settings -> settings.optional("added_tokens_decoder")).ifPresent(this::addAll);
        config.ifPresent(this::readUses);
        special.ifPresent(this::readUses);
        JsonValue end = vocabulary.members().get(Gpt2Folder.END_OF_TEXT);
        if (end != null && !ROBERTA.contains(type())) {
            // These classes have it by default.
            added.putIfAbsent(Gpt2Folder.END_OF_TEXT, AddedToken.special(Gpt2Folder.END_OF_TEXT, id(end)));
        }
    }

    static SideFiles read(Path folder, JsonValue vocabulary) {
        return new SideFiles(folder, vocabulary);
    }

    private static Optional<JsonValue> file(Path folder, String name) {
        Path file = folder.resolve(name);
        return Files.exists(file) ? Optional.of(JsonValue.read(file, "a " + name)) : Optional.empty();
    }

    /** Whether there are none. */
    boolean isEmpty() {
        return empty;
    }

    /** The added tokens. */
    List<AddedToken> added() {
        return new ArrayList<>(added.values());
    }

    private void requireKnown(JsonValue settings) {
        JsonValue name = settings.optional("tokenizer_class");
        String type = type();
        if (name != null && !PLAIN.contains(type) && !ROBERTA.contains(type) && !type.equals(QWEN2)) {
            throw name.error("a folder with vocab.json and merges.txt of the class " + name.string()
                    + " is not supported; save it with a tokenizer.json, as"
                    + " transformers' AutoTokenizer.from_pretrained(folder).save_pretrained(folder) does");
        }
    }

    /** The class of the tokenizer, without the ending of those that the library tokenizers runs. */
    private String type() {
        return config.map(settings -> StageJson.text(settings, "tokenizer_class", "GPT2Tokenizer"))
                .orElse("GPT2Tokenizer")
                .replaceFirst("Fast$", "");
    }

    private int id(JsonValue id) {
        return (int) id.integer(0, 2L * vocabulary.members().size() + 1023);
    }

    /** Adds a token with the flags of an object. */
    private void add(String text, int id, JsonValue flags, boolean special) {
        boolean isSpecial = special || flags.has("special", true);
        added.put(
                text,
                new AddedToken(
                        text,
                        id,
                        flags.has("single_word", true),
                        flags.has("lstrip", true),
                        flags.has("rstrip", true),
                        flags.has("normalized", true) && !isSpecial,
                        isSpecial));
    }

    private void addAll(JsonValue tokens) {
        tokens.members().forEach((id, token) -> {
            long number = id.matches("[0-9]{1,9}") ? Long.parseLong(id) : -1;
            if (number < 0 || number > 2L * vocabulary.members().size() + 1023) {
                throw token.error("expected an id of a token, but found " + id);
            }
            add(token.member("content").string(), (int) number, token, false);
        });
    }

    /** Reads the special tokens of a file by their uses. */
    private void readUses(JsonValue file) {
        for (String use : USES) {
            JsonValue token = file.optional(use);
            if (token != null) {
                uses.put(use, addSpecial(token));
            }
        }
        JsonValue more = file.optional("additional_special_tokens");
        if (more != null) {
            more.elements().forEach(this::addSpecial);
        }
    }

    /** Adds a special token, a text or an object; one that is nowhere else gets the next id. */
    private String addSpecial(JsonValue token) {
        JsonValue content = token.isObject() ? token.member("content") : token;
        String text = content.string();
        if (text.isEmpty()) {
            throw content.error("a special token must have at least one character");
        }
        AddedToken before = added.get(text);
        JsonValue known = vocabulary.members().get(text);
        int id = before != null ? before.id() : known != null ? id(known) : next();
        if (before == null || !before.special() || token.isObject()) {
            add(text, id, token, true);
        }
        return text;
    }

    private int next() {
        int most = added.values().stream().mapToInt(AddedToken::id).max().orElse(-1);
        for (JsonValue id : vocabulary.members().values()) {
            most = Math.max(most, id(id));
        }
        return most + 1;
    }

    void writeNormalizer(JsonGenerator json) throws IOException {
        if (type().equals(QWEN2)) {
            json.writeStartObject();
            json.writeStringField("type", "NFC");
            json.writeEndObject();
        } else {
            json.writeNull();
        }
    }

    void writePreTokenizer(JsonGenerator json) throws IOException {
        if (type().equals(QWEN2)) {
            TokenizerJson.writeSplitAndByteLevel(KnownPatterns.QWEN2.regex(), "Isolated", false, json);
            return;
        }
        json.writeStartObject();
        json.writeStringField("type", "ByteLevel");
        json.writeBooleanField("add_prefix_space", setting("add_prefix_space"));
        json.writeBooleanField("trim_offsets", true);
        json.writeBooleanField("use_regex", true);
        json.writeEndObject();
    }

    private boolean setting(String name) {
        return config.isPresent() && config.get().has(name, true);
    }

    /** The tokens that go around a text. */
    void writePostProcessor(JsonGenerator json) throws IOException {
        boolean roberta = ROBERTA.contains(type());
        @Nullable AddedToken begin = roberta || setting("add_bos_token") ? used(BEGIN) : null;
        @Nullable AddedToken end = roberta || setting("add_eos_token") ? used(END) : null;
        writeTemplate(begin, end, json);
    }

    /** Writes the post-processor that puts tokens around a text; none of them is none. */
    static void writeTemplate(@Nullable AddedToken begin, @Nullable AddedToken end, JsonGenerator json)
            throws IOException {
        if (begin == null && end == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeStringField("type", "TemplateProcessing");
        json.writeArrayFieldStart("single");
        writePart("SpecialToken", begin == null ? null : begin.text(), json);
        writePart("Sequence", "A", json);
        writePart("SpecialToken", end == null ? null : end.text(), json);
        json.writeEndArray();
        json.writeArrayFieldStart("pair");
        writePart("Sequence", "A", json);
        writePart("Sequence", "B", json);
        json.writeEndArray();
        json.writeObjectFieldStart("special_tokens");
        writeSpecial(begin, json);
        if (end != null && !end.equals(begin)) {
            writeSpecial(end, json);
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private @Nullable AddedToken used(String use) {
        String text = uses.get(use);
        return text == null ? null : added.get(text);
    }

    private static void writePart(String kind, @Nullable String id, JsonGenerator json) throws IOException {
        if (id != null) {
            json.writeStartObject();
            json.writeObjectFieldStart(kind);
            json.writeStringField("id", id);
            json.writeNumberField("type_id", 0);
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void writeSpecial(@Nullable AddedToken token, JsonGenerator json) throws IOException {
        if (token != null) {
            json.writeObjectFieldStart(token.text());
            json.writeStringField("id", token.text());
            json.writeArrayFieldStart("ids");
            json.writeNumber(token.id());
            json.writeEndArray();
            json.writeArrayFieldStart("tokens");
            json.writeString(token.text());
            json.writeEndArray();
            json.writeEndObject();
        }
    }
}
