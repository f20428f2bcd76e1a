package io.nanogpt.impl.onnx;

/** Names of the inputs, outputs and metadata of an exported graph; docs/onnx.md documents them for other programs. */
final class GraphSignature {
    static final String INPUT_IDS = "input_ids";
    static final String POSITION_IDS = "position_ids";
    static final String ATTENTION_MASK = "attention_mask";
    static final String LOGITS_POSITIONS = "logits_positions";
    static final String SEQUENCE_LENGTHS = "seqlens_k";
    static final String TOTAL_LENGTH = "total_sequence_length";
    static final String RUN_LENGTHS = "sequence_lengths";
    static final String LOGITS = "logits";
    /** Prefixes of a state as an input, and of the same state after the run as an output. */
    static final String PAST = "past_key_values.";

    static final String PRESENT = "present.";

    /** Prefixes of what a graph for inspection has too: factors of the heads of a layer, their weights, its lens. */
    static final String HEAD_SCALE = "head_scale.";

    static final String ATTENTION = "attention.";
    static final String LENS = "lens.";

    static final String BATCH = "batch";
    static final String SEQUENCE = "sequence";
    static final String SELECTED = "selected";
    /** Axis of the tokens before this run. */
    static final String PAST_AXIS = "past";
    /** Axis of the tokens before this run and in it. */
    static final String TOTAL_AXIS = "total";
    /** Axis of the capacity in tokens of a buffer that input and output share. */
    static final String BUFFER_AXIS = "buffer";

    static final String FORMAT_KEY = "nanogpt.format";
    static final String FORMAT = "1";
    static final String ARCHITECTURE_KEY = "nanogpt.architecture";
    static final String CONTEXT_KEY = "nanogpt.context_length";
    static final String VOCABULARY_KEY = "nanogpt.vocabulary_size";
    static final String PARAMETERS_KEY = "nanogpt.parameters";

    private GraphSignature() {}
}
