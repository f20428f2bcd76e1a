package io.nanogpt.examples.cli;

import io.nanogpt.data.TokenSource;
import io.nanogpt.examples.cli.options.Destinations;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import io.nanogpt.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code tokenizer decode} verb. */
@Command(
        name = "decode",
        description = "Convert a token file to text.",
        footer = "  nanogpt tokenizer decode --tokenizer tokenizer.json --in ids.npy")
final class TokenizerDecodeCommand extends Verb {
    private static final int IDS_AT_ONCE = 1 << 16;

    @Option(names = "--tokenizer", required = true, paramLabel = "FILE", description = "tokenizer that made the ids")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Option(names = "--in", required = true, paramLabel = "IDS", description = "token file, raw or .npy")
    @SuppressWarnings("NullAway.Init") // required
    private Path in;

    @Option(names = "--out", paramLabel = "TEXT_FILE", description = "file to write (default: standard output)")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        if (out != null) {
            Destinations.refuseSame(out, "--in", in);
            Destinations.refuseSame(out, "--tokenizer", file);
        }
        Tokenizer tokenizer = Tokenizers.load(file);
        TokenSource tokens = TokenSource.open(in, tokenizer);
        if (out == null) {
            decode(tokenizer, tokens, out());
            out().println();
            out().flush();
            return 0;
        }
        try (Writer text = Files.newBufferedWriter(out)) {
            decode(tokenizer, tokens, text);
        }
        return 0;
    }

    private static void decode(Tokenizer tokenizer, TokenSource tokens, Writer text) throws IOException {
        IncrementalDecoder decoder = tokenizer.incrementalDecoder();
        int[] ids = new int[IDS_AT_ONCE];
        for (long from = 0; from < tokens.size(); from += ids.length) {
            int count = (int) Math.min(ids.length, tokens.size() - from);
            tokens.copy(from, ids, 0, count);
            for (int i = 0; i < count; i++) {
                text.write(decoder.add(ids[i]));
            }
        }
        text.write(decoder.finish());
    }
}
