package io.nanogpt.tokenizer;

import io.nanogpt.data.Corpus;
import io.nanogpt.spi.Library;
import java.util.Objects;

/**
 * Builders of tokenizers.
 *
 * <pre>{@code
 * Tokenizer tokenizer = Tokenizers.characters().unknown(UnknownCharacters.SKIP).train(corpus);
 * }</pre>
 */
public final class Tokenizers {
    private Tokenizers() {}

    /** One token per distinct code point, in code point order. */
    public static Characters characters() {
        return new Characters(UnknownCharacters.ERROR);
    }

    /** Settings of a character tokenizer. Immutable: each method returns a new one. */
    public static final class Characters {
        private final UnknownCharacters unknown;

        private Characters(UnknownCharacters unknown) {
            this.unknown = unknown;
        }

        /** What to do with characters that the corpus does not have; {@link UnknownCharacters#ERROR} by default. */
        public Characters unknown(UnknownCharacters policy) {
            return new Characters(Objects.requireNonNull(policy, "policy"));
        }

        /** Learns the vocabulary of a corpus. */
        public Tokenizer train(Corpus corpus) {
            return Library.get().trainCharacters(corpus, unknown);
        }
    }
}
