package io.nanogpt.impl.tokenizer.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The file that a tokenizer was read from, which is written again when it is saved. Immutable. */
public final class Origin {
    private final byte[] json;
    private final List<String> notes;

    /**
     * Remembers a file.
     *
     * @param json its text
     * @param notes what it asks for that is not done
     */
    public Origin(String json, List<String> notes) {
        this.json = json.getBytes(StandardCharsets.UTF_8);
        this.notes = List.copyOf(notes);
    }

    /** The text of the file. */
    public String json() {
        return new String(json, StandardCharsets.UTF_8);
    }

    /** What the file asks for that is not done, a sentence each. */
    public List<String> notes() {
        return notes;
    }
}
