package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.impl.tokenizer.bpe.IntList;
import java.util.Locale;

/** Gives ids to pieces of a text. Immutable. */
public sealed interface PieceModel permits BpePieces, UnigramPieces, WordLevelPieces, WordPieces {
    /** The tokens. */
    Vocabulary vocabulary();

    /** An encoder for one thread at a time. */
    Encoder encoder();

    /** What becomes of text that the vocabulary lacks. */
    Unknown unknown();

    /** Encodes pieces. */
    @FunctionalInterface
    interface Encoder {
        /**
         * Adds the ids of a piece that is not empty.
         *
         * @throws IllegalArgumentException if the vocabulary lacks a part of it that no unknown token stands for
         */
        void encode(String piece, IntList ids);
    }

    /** What becomes of text that the vocabulary lacks. */
    enum Unknown {
        /** It becomes the unknown token, or tokens of bytes. */
        REPLACED,
        /** It is left out. */
        LEFT_OUT,
        /** It is an error. */
        REFUSED
    }

    /** The error for text that the vocabulary lacks. */
    static IllegalArgumentException missing(String text, String unknown) {
        int first = text.codePointAt(0);
        String shown = text.length() <= 40 ? text : text.substring(0, 40) + "...";
        return new IllegalArgumentException("the text has \"" + shown + "\""
                + (text.length() == Character.charCount(first) ? String.format(Locale.ROOT, " (U+%04X)", first) : "")
                + ", which the vocabulary lacks, and " + unknown + "; take it out of the text");
    }
}
