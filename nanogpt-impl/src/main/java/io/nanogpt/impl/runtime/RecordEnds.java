package io.nanogpt.impl.runtime;

import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.Optional;

/** Where a model that was trained on records ends a text. */
final class RecordEnds {
    private RecordEnds() {}

    /**
     * The end of a corpus's records as a model writes it: the separator, or without the white space around it where the
     * tokenizer has no ids for that. Empty where the tokenizer keeps nothing of it that could be told from other text.
     */
    static Optional<String> of(Corpus corpus, Tokenizer tokenizer) {
        return corpus.recordEnd().filter(tokenizer::canEncode).flatMap(separator -> {
            String written = tokenizer.decode(tokenizer.encode(separator));
            boolean whole = written.equals(separator) || written.equals(separator.strip());
            return whole && !written.isEmpty() ? Optional.of(written) : Optional.empty();
        });
    }

    /** The options with the end of a record as one more stop, unless they exclude it. */
    static GenerationOptions apply(GenerationOptions options, Optional<String> recordEnd) {
        return recordEnd.isPresent()
                        && options.output().recordEnd()
                        && !options.stops().contains(recordEnd.get())
                ? options.withStop(recordEnd.get())
                : options;
    }
}
