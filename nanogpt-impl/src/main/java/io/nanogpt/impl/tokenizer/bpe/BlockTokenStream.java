package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.spi.Threads;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Encodes block by block. With several threads, the one that reads the stream also reads the text ahead and others
 * encode; the ids are in the order of the text.
 */
public final class BlockTokenStream implements TokenStream {
    private static final int BLOCKS_A_THREAD = 2;

    private final Encoding encoding;
    private final TextBlocks blocks;
    private final InputStream text;
    private final int most;
    private final @Nullable ExecutorService workers;
    private final Deque<Future<Part>> ahead = new ArrayDeque<>();
    private final Deque<Part> spare = new ArrayDeque<>();

    private @Nullable Part current;
    private int position;
    private boolean ended;

    /** Encodes blocks. */
    @FunctionalInterface
    interface Encoding {
        /** Sets the ids of a block; may be called by several threads at once. */
        void encode(Part part);
    }

    /**
     * The ids of a stream.
     *
     * @param blocks of {@code text}, which is closed with this
     */
    BlockTokenStream(Encoding encoding, TextBlocks blocks, InputStream text, int threads) {
        Threads.require(threads);
        this.encoding = encoding;
        this.blocks = blocks;
        this.text = text;
        this.most = BLOCKS_A_THREAD * threads;
        this.workers = threads == 1 ? null : Executors.newFixedThreadPool(threads, BlockTokenStream::worker);
    }

    /** Streams the ids of a tokenizer that encodes the parts of a text, cut by {@code cutter}, like the whole. */
    public static BlockTokenStream of(Tokenizer tokenizer, TextBlocks.Cutter cutter, InputStream utf8, int threads) {
        TextBlocks blocks = new TextBlocks(utf8::read, "the text", cutter, new SpecialTokens(List.of()), true);
        Encoding encoding = part -> {
            part.ids = tokenizer.encode(new String(part.block.bytes, 0, part.block.length, StandardCharsets.UTF_8));
            part.count = part.ids.length;
        };
        return new BlockTokenStream(encoding, blocks, utf8, threads);
    }

    private static Thread worker(Runnable work) {
        Thread thread = new Thread(work, "nanogpt-tokenizer");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public int read(int[] ids, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, ids.length);
        Part part = current;
        while (part == null || position == part.count) {
            if (part != null) {
                spare.add(part);
            }
            part = next();
            current = part;
            position = 0;
            if (part == null) {
                return -1;
            }
        }
        int count = Math.min(length, part.count - position);
        System.arraycopy(part.ids, position, ids, offset, count);
        position += count;
        return count;
    }

    private @Nullable Part next() {
        ExecutorService executor = workers;
        if (executor == null) {
            Part part = block();
            return part == null ? null : encode(part);
        }
        while (ahead.size() < most) {
            Part part = block();
            if (part == null) {
                break;
            }
            ahead.add(executor.submit(() -> encode(part)));
        }
        Future<Part> first = ahead.poll();
        return first == null ? null : await(first);
    }

    private static Part await(Future<Part> part) {
        try {
            return part.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NanogptInterruptedException("encoding was interrupted; the interrupt flag stays set", e);
        }
    }

    private @Nullable Part block() {
        if (ended) {
            return null;
        }
        Part part = spare.isEmpty() ? new Part() : spare.remove();
        ended = !blocks.next(part.block);
        return ended ? null : part;
    }

    private Part encode(Part part) {
        encoding.encode(part);
        return part;
    }

    @Override
    public void close() {
        ended = true;
        if (workers != null) {
            workers.shutdownNow();
        }
        try {
            text.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the text: " + e.getMessage(), e);
        }
    }

    /** A block of text and its ids. */
    static final class Part {
        final TextBlocks.Block block = new TextBlocks.Block(Long.MAX_VALUE);
        int[] ids = {};
        int count;
    }
}
