package io.nanogpt.impl.tokenizer;

import io.nanogpt.tokenizer.TokenStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Encodes block by block. With several threads the reader of the stream reads the text ahead, others encode, and the ids
 * come in the order of the text.
 */
final class BlockTokenStream implements TokenStream {
    private static final int BLOCKS_A_THREAD = 2;

    private final ByteLevelTokenizer tokenizer;
    private final TextBlocks blocks;
    private final InputStream text;
    private final int most;
    private final @Nullable ExecutorService workers;
    private final Deque<Future<Part>> ahead = new ArrayDeque<>();
    private final Deque<Part> spare = new ArrayDeque<>();

    private @Nullable Part current;
    private int position;
    private boolean ended;

    BlockTokenStream(ByteLevelTokenizer tokenizer, TextBlocks blocks, InputStream text, int threads) {
        this.tokenizer = tokenizer;
        this.blocks = blocks;
        this.text = text;
        this.most = BLOCKS_A_THREAD * threads;
        this.workers = threads == 1 ? null : Executors.newFixedThreadPool(threads, BlockTokenStream::worker);
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
            throw new IllegalStateException("encoding failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while encoding", e);
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
        BpeEncoder encoder = tokenizer.borrow();
        try {
            encoder.clear();
            encoder.encode(part.block.bytes, 0, part.block.length, true);
            part.count = encoder.count();
            part.ids = encoder.exchangeIds(part.ids);
            return part;
        } finally {
            tokenizer.giveBack(encoder);
        }
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
    private static final class Part {
        private final TextBlocks.Block block = new TextBlocks.Block(Long.MAX_VALUE);
        private int[] ids = {};
        private int count;
    }
}
