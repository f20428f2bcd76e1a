package io.nanogpt.impl.inspect.explorer;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.LanguageModel;
import io.nanogpt.graph.Attributes;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.graph.AttentionGraph;
import io.nanogpt.inspect.EmbeddingMap;
import io.nanogpt.inspect.Inspection;
import io.nanogpt.inspect.Inspection.Part;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** What a page knows of a model before a text is read. */
final class ModelJson {
    private static final List<String> SAMPLES = List.of(
            "H&E stained section showing the cells of the",
            "ROMEO:\nWhat is the",
            "Once upon a time there was a",
            "the cat sat on the mat",
            "1 2 3 4 5 6");

    private ModelJson() {}

    /** Writes JSON. */
    @FunctionalInterface
    interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    /** Writes one object in memory. */
    static String object(Writing writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.factory().createGenerator(text)) {
            json.writeStartObject();
            writing.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** The members of a model: its sizes, the text of each id, and the parts that it lacks with the reasons. */
    static void write(JsonGenerator json, LanguageModel model) throws IOException {
        json.writeStringField("kind", model.architecture().kind());
        json.writeStringField("backend", model.compute().backend());
        json.writeNumberField("contextLength", model.architecture().contextLength());
        json.writeNumberField("parameters", model.architecture().graph().parameterCount());
        json.writeArrayFieldStart("heads");
        for (var attention : AttentionGraph.attentions(model.architecture().graph())) {
            json.writeNumber(((Attributes.Attention) attention.attributes()).heads());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("ends");
        for (int end : model.endTokens()) {
            json.writeNumber(end);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("before");
        for (int id : model.tokenizer().encodePrompt("")) {
            json.writeNumber(id);
        }
        json.writeEndArray();
        json.writeStringField("sample", sample(model.tokenizer()));
        vocabulary(json, model);
        json.writeObjectFieldStart("unsupported");
        Inspection any = model.inspect(0);
        for (Part part : Part.values()) {
            var reason = any.unsupported(part);
            if (reason.isPresent()) {
                json.writeStringField(part.name().toLowerCase(Locale.ROOT), reason.get());
            }
        }
        json.writeEndObject();
    }

    /** A text to begin with, which the model can read. */
    private static String sample(Tokenizer tokenizer) {
        return SAMPLES.stream()
                .filter(text -> tokenizer.canEncode(text) && tokenizer.encode(text).length > 1)
                .findFirst()
                .orElseGet(() -> tokenizer.decode(0));
    }

    private static void vocabulary(JsonGenerator json, LanguageModel model) throws IOException {
        Tokenizer tokenizer = model.tokenizer();
        json.writeArrayFieldStart("vocabulary");
        for (int id = 0; id < model.architecture().vocabularySize(); id++) {
            json.writeString(id < tokenizer.vocabularySize() ? tokenizer.decode(id) : "");
        }
        json.writeEndArray();
    }

    static void write(JsonGenerator json, EmbeddingMap map) throws IOException {
        json.writeStringField("x", floats(map.x()));
        json.writeStringField("y", floats(map.y()));
        json.writeNumberField("shareX", map.shareX());
        json.writeNumberField("shareY", map.shareY());
    }

    /** Numbers as 32-bit floats, the lowest byte first, in Base64. */
    static String floats(float[] values) {
        return Base64.getEncoder().encodeToString(bytes(values));
    }

    static byte[] bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
