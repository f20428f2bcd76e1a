package io.nanogpt.chart;

import io.nanogpt.spi.Library;
import io.nanogpt.tokenizer.EncodingSpeed;
import io.nanogpt.tokenizer.TokenizedText;
import io.nanogpt.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A page that shows a text as the tokens of one or more tokenizers, side by side: coloured pieces with their ids, bytes
 * per token and, where it was measured, speed. The page is one file without external resources and scripts.
 *
 * <pre>{@code
 * Tokenizer gpt2 = Tokenizers.load(Path.of("gpt2"));
 * TokenComparison.of("Two carcinomas").with("ours", tokenizer).with("GPT-2", gpt2).write(Path.of("tokens.html"));
 * }</pre>
 *
 * @param text the text
 * @param columns the tokenizers with its tokens, in order
 */
public record TokenComparison(String text, List<Column> columns) {
    /**
     * The text by one tokenizer.
     *
     * @param name of the tokenizer
     * @param vocabularySize its number of ids
     * @param tokens the text
     * @param speed empty if it was not measured
     */
    public record Column(String name, int vocabularySize, TokenizedText tokens, Optional<EncodingSpeed> speed) {
        public Column {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(tokens, "tokens");
            Objects.requireNonNull(speed, "speed");
        }
    }

    public TokenComparison {
        Objects.requireNonNull(text, "text");
        columns = List.copyOf(columns);
    }

    /** Returns a page without tokenizers. */
    public static TokenComparison of(String text) {
        return new TokenComparison(text, List.of());
    }

    /**
     * Returns a copy with one more tokenizer.
     *
     * @throws IllegalArgumentException if the tokenizer refuses the text
     */
    public TokenComparison with(String name, Tokenizer tokenizer) {
        return with(new Column(name, tokenizer.vocabularySize(), TokenizedText.of(tokenizer, text), Optional.empty()));
    }

    /**
     * Returns a copy with one more tokenizer, whose speed is measured, see {@link EncodingSpeed#measure}.
     *
     * @param threads at least 1
     * @throws IllegalArgumentException if the text is empty, or the tokenizer refuses it
     */
    public TokenComparison measured(String name, Tokenizer tokenizer, int threads) {
        return with(new Column(
                name,
                tokenizer.vocabularySize(),
                TokenizedText.of(tokenizer, text),
                Optional.of(EncodingSpeed.measure(tokenizer, text, threads))));
    }

    private TokenComparison with(Column column) {
        List<Column> more = new ArrayList<>(columns);
        more.add(column);
        return new TokenComparison(text, more);
    }

    /**
     * Returns the HTML page.
     *
     * @throws IllegalStateException if there is no tokenizer
     */
    public String html() {
        return Library.get().drawing().html(this);
    }

    /**
     * Writes {@link #html()}.
     *
     * @throws IllegalStateException if there is no tokenizer
     * @throws java.io.UncheckedIOException naming the file and the reason, if it cannot be written
     */
    public void write(Path file) {
        Library.get().drawing().write(this, file);
    }
}
