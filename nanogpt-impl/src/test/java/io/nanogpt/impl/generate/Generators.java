package io.nanogpt.impl.generate;

import io.nanogpt.impl.schedule.Scheduler;
import io.nanogpt.spi.Decoder;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Generators on the decoders of tests. */
final class Generators {
    private Generators() {}

    /** A generator that uses some decoders, one after another where each is used by itself. */
    static TextGenerator of(Tokenizer tokenizer, int logitCount, List<? extends Decoder> decoders) {
        Iterator<? extends Decoder> next = decoders.iterator();
        return new TextGenerator(tokenizer, logitCount, new Scheduler(Optional::empty, next::next, logitCount));
    }

    /** A generator that uses one decoder. */
    static TextGenerator of(Tokenizer tokenizer, int logitCount, Decoder decoder) {
        return of(tokenizer, logitCount, List.of(decoder));
    }
}
