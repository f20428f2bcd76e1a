package io.nanogpt.impl.runtime;

import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.Optional;

/** The text that ends a record, at which models trained on records stop. */
final class RecordEnds {
    private RecordEnds() {}

    /**
     * Returns the separator of a corpus as a model generates it: whole, or without surrounding white space if the
     * tokenizer drops that. Empty if decoding the encoded separator gives neither.
     */
    static Optional<String> of(Corpus corpus, Tokenizer tokenizer) {
        return corpus.recordEnd().filter(tokenizer::canEncode).flatMap(separator -> {
            String written = tokenizer.decode(tokenizer.encode(separator));
            boolean whole = written.equals(separator) || written.equals(separator.strip());
            return whole && !written.isEmpty() ? Optional.of(written) : Optional.empty();
        });
    }

    /**
     * Adds the end of a record to the stop texts, unless the options disable it or ask for a JSON value, which ends by
     * itself.
     */
    static GenerationOptions apply(GenerationOptions options, Optional<String> recordEnd) {
        return recordEnd.isPresent()
                        && options.output().recordEnd()
                        && options.constraints().jsonSchema().isEmpty()
                        && !options.stops().contains(recordEnd.get())
                ? options.withStop(recordEnd.get())
                : options;
    }
}
