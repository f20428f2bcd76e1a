package io.nanogpt.impl.runtime;

import io.nanogpt.impl.generate.Texts;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;

/** Texts as a stream, which never splits: its consumer computes them. */
final class TextSpliterator extends AbstractSpliterator<String> {
    private final Texts texts;
    private final Runnable end;

    /**
     * Creates a spliterator.
     *
     * @param end runs after the last text, or where one fails
     */
    TextSpliterator(Texts texts, Runnable end) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.texts = texts;
        this.end = end;
    }

    @Override
    public boolean tryAdvance(Consumer<? super String> action) {
        String text;
        try {
            if (!texts.hasNext()) {
                end.run();
                return false;
            }
            text = texts.next();
        } catch (RuntimeException | Error e) {
            end.run();
            throw e;
        }
        action.accept(text);
        return true;
    }
}
