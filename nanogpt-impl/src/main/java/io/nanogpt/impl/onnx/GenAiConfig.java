package io.nanogpt.impl.onnx;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.graph.Attributes;
import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Json;
import io.nanogpt.impl.graph.SequenceMemory;
import io.nanogpt.model.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The {@code genai_config.json} with which onnxruntime-genai runs a transformer. */
record GenAiConfig(Architecture architecture, List<Node> attentions) {
    static final String FILE = "genai_config.json";

    /**
     * Creates the configuration for a model's graph.
     *
     * @throws UnsupportedOperationException if the model is not a transformer, or needs more than keys and values
     */
    static GenAiConfig of(Architecture architecture, Graph graph) {
        List<Node> attentions = graph.nodes().stream()
                .filter(node -> node.type() == OpType.ATTENTION)
                .toList();
        if (attentions.isEmpty()) {
            throw new UnsupportedOperationException("onnxruntime-genai runs only transformers, but "
                    + architecture.kind() + " has no attention; export another flavour");
        }
        boolean convolutions = graph.nodes().stream().anyMatch(node -> node.type() == OpType.CAUSAL_CONV);
        if (convolutions || SequenceMemory.of(graph).tokens() > 0) {
            throw new UnsupportedOperationException(
                    "onnxruntime-genai keeps only keys and values from step to step, but "
                            + (convolutions
                                    ? "the causal convolutions of this model also need the last rows"
                                    : "the n-gram tables of this model also need the last tokens")
                            + "; export another flavour");
        }
        return new GenAiConfig(architecture, attentions);
    }

    void write(Path file) {
        AtomicFiles.write(file, out -> {
            try (JsonGenerator json = Json.factory().createGenerator(out)) {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                json.useDefaultPrettyPrinter();
                json.writeStartObject();
                json.writeObjectFieldStart("model");
                // The only model type that passes a decoder just the inputs that the graph has.
                json.writeStringField("type", "llama");
                json.writeNumberField("vocab_size", architecture.vocabularySize());
                json.writeNumberField("context_length", architecture.contextLength());
                decoder(json);
                json.writeEndObject();
                json.writeObjectFieldStart("search");
                json.writeNumberField("max_length", architecture.contextLength());
                json.writeBooleanField("past_present_share_buffer", AttentionOperators.sharesBuffer(headSize()));
                json.writeEndObject();
                json.writeEndObject();
            }
        });
    }

    private Attributes.Attention attention() {
        return (Attributes.Attention) attentions.get(0).attributes();
    }

    private int headSize() {
        return attentions.get(0).shape().features() / attention().heads();
    }

    private void decoder(JsonGenerator json) throws IOException {
        Attributes.Attention attention = attention();
        json.writeObjectFieldStart("decoder");
        json.writeStringField("filename", OnnxExporter.FILE);
        json.writeNumberField("hidden_size", attentions.get(0).shape().features());
        json.writeNumberField("head_size", headSize());
        json.writeNumberField("num_attention_heads", attention.heads());
        json.writeNumberField("num_key_value_heads", attention.keyValueHeads());
        json.writeNumberField("num_hidden_layers", attentions.size());
        json.writeObjectFieldStart("inputs");
        json.writeStringField("input_ids", GraphSignature.INPUT_IDS);
        json.writeStringField("attention_mask", GraphSignature.ATTENTION_MASK);
        json.writeStringField("position_ids", GraphSignature.POSITION_IDS);
        json.writeStringField("past_key_names", GraphSignature.PAST + "%d.key");
        json.writeStringField("past_value_names", GraphSignature.PAST + "%d.value");
        json.writeEndObject();
        json.writeObjectFieldStart("outputs");
        json.writeStringField("logits", GraphSignature.LOGITS);
        json.writeStringField("present_key_names", GraphSignature.PRESENT + "%d.key");
        json.writeStringField("present_value_names", GraphSignature.PRESENT + "%d.value");
        json.writeEndObject();
        json.writeEndObject();
    }
}
