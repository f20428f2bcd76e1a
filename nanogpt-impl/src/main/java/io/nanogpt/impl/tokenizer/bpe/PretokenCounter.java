package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import io.nanogpt.impl.tokenizer.pretokenize.Splitter;
import io.nanogpt.tokenizer.Tokenizers.BpeTrainingListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Cuts texts into pre-tokens and counts them, on several threads that take turns to read a block. */
public final class PretokenCounter {
    private final Iterator<Text> texts;
    private final Settings settings;
    private final Splitter cutter;
    private final SpecialTokens specials;

    private @Nullable InputStream open;
    private @Nullable TextBlocks blocks;
    private long bytes;

    /** A text that is read once. */
    public record Text(String name, Opening opening) {}

    /** Opens a text. */
    @FunctionalInterface
    public interface Opening {
        /** The bytes of the text, unbuffered. */
        InputStream open() throws IOException;
    }

    /** Settings that all threads share. */
    public record Settings(
            io.nanogpt.tokenizer.SplitPattern pattern,
            List<SpecialToken> specials,
            int threads,
            BpeTrainingListener listener) {}

    private PretokenCounter(List<Text> texts, Settings settings) {
        this.texts = texts.iterator();
        this.settings = settings;
        cutter = Splitter.of(settings.pattern());
        specials = new SpecialTokens(settings.specials());
    }

    /** Counts the pre-tokens of texts. Special tokens are not counted, and no pre-token spans two texts. */
    public static PretokenCounts count(List<Text> texts, Settings settings) {
        PretokenCounter counter = new PretokenCounter(texts, settings);
        ExecutorService executor = Executors.newFixedThreadPool(settings.threads());
        try {
            List<Future<PretokenCounts>> running = new ArrayList<>();
            for (int i = 0; i < settings.threads(); i++) {
                running.add(executor.submit(counter::work));
            }
            PretokenCounts all = running.get(0).get();
            for (Future<PretokenCounts> other : running.subList(1, running.size())) {
                all.addAll(other.get());
            }
            return all;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NanogptInterruptedException(
                    "the training of the tokenizer was interrupted; the interrupt flag stays set", e);
        } finally {
            executor.shutdownNow();
            counter.close();
        }
    }

    private PretokenCounts work() throws IOException {
        PretokenCounts counts = new PretokenCounts();
        Splitter splitter = cutter.another();
        int[] ends = new int[BpeEncoder.PIECES_AT_ONCE];
        TextBlocks.Block block = new TextBlocks.Block(Long.MAX_VALUE);
        while (next(block)) {
            int start = 0;
            while (start < block.length) {
                int special = specials.find(block.bytes, start, block.length);
                splitter.begin(block.bytes, start, special);
                for (int pretokens = splitter.next(ends); pretokens > 0; pretokens = splitter.next(ends)) {
                    start = count(counts, block.bytes, start, ends, pretokens);
                }
                int index = specials.match(block.bytes, special, block.length);
                start = special + (index < 0 ? 0 : specials.length(index));
            }
        }
        return counts;
    }

    private static int count(PretokenCounts counts, byte[] text, int from, int[] ends, int pretokens) {
        int start = from;
        for (int i = 0; i < pretokens; i++) {
            counts.add(text, start, ends[i] - start, 1);
            start = ends[i];
        }
        return start;
    }

    private synchronized boolean next(TextBlocks.Block block) throws IOException {
        while (true) {
            TextBlocks current = blocks;
            if (current != null && current.next(block)) {
                bytes += block.length;
                settings.listener().counted(bytes);
                return true;
            }
            close();
            if (!texts.hasNext()) {
                blocks = null;
                return false;
            }
            Text text = texts.next();
            InputStream in = text.opening().open();
            open = in;
            blocks = new TextBlocks(in::read, text.name(), cutter::safeCut, specials, true);
        }
    }

    private synchronized void close() {
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close a text: " + e.getMessage(), e);
        }
    }
}
