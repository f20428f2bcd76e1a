package io.nanogpt.generate;

/** The tokens of a prompt and of its continuation so far. */
public interface GenerationContext {
    /** The number of ids. */
    int size();

    /** The id at a place, counted from 0 at the beginning of the prompt. */
    int id(int index);

    /** The number of ids of the prompt, which come first. */
    int promptSize();

    /** The text of the continuation, without an unfinished character at its end. */
    CharSequence text();
}
