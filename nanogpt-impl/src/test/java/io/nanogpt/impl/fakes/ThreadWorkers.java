package io.nanogpt.impl.fakes;

import io.nanogpt.NanogptException;
import io.nanogpt.spi.Collective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Workers that are threads of one process. When one fails, the others do too. */
public final class ThreadWorkers {
    /** What a worker that fails sends to the others. */
    private static final Object GONE = new Object();

    private final int size;
    /** Arrays by sender and receiver. */
    private final List<List<BlockingQueue<Object>>> arrays;
    /** Numbers by sender and receiver; they overtake arrays, as between processes. */
    private final List<List<BlockingQueue<Object>>> numbers;

    private ThreadWorkers(int size) {
        this.size = size;
        arrays = queues(size);
        numbers = queues(size);
    }

    private static List<List<BlockingQueue<Object>>> queues(int size) {
        return IntStream.range(0, size)
                .mapToObj(from -> IntStream.range(0, size)
                        .<BlockingQueue<Object>>mapToObj(to -> new LinkedBlockingQueue<>())
                        .toList())
                .toList();
    }

    /** Runs a task in every worker, and returns their results by rank. */
    public static <T> List<T> run(int size, Function<Collective, T> task) throws InterruptedException {
        ThreadWorkers workers = new ThreadWorkers(size);
        ExecutorService pool = Executors.newFixedThreadPool(size);
        try {
            List<Future<T>> running = new ArrayList<>();
            for (int rank = 0; rank < size; rank++) {
                Worker worker = workers.new Worker(rank);
                running.add(pool.submit(() -> worker.call(task)));
            }
            List<T> results = new ArrayList<>();
            RuntimeException failure = null;
            for (Future<T> each : running) {
                try {
                    results.add(each.get());
                } catch (ExecutionException e) {
                    RuntimeException next = e.getCause() instanceof RuntimeException cause
                            ? cause
                            : new IllegalStateException(e.getCause());
                    if (failure == null || failure.getMessage().contains("is gone")) {
                        failure = next;
                    }
                }
            }
            if (failure != null) {
                throw failure;
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    private final class Worker implements Collective {
        private final int rank;

        Worker(int rank) {
            this.rank = rank;
        }

        <T> T call(Function<Collective, T> task) {
            try {
                return task.apply(this);
            } catch (RuntimeException | Error e) {
                for (int to = 0; to < size; to++) {
                    arrays.get(rank).get(to).add(GONE);
                    numbers.get(rank).get(to).add(GONE);
                }
                throw e;
            }
        }

        @Override
        public int rank() {
            return rank;
        }

        @Override
        public int size() {
            return size;
        }

        private void send(int to, float[] message) {
            arrays.get(rank).get(to).add(message);
        }

        private float[] array(int from) {
            return take(arrays, from, float[].class);
        }

        private <T> T take(List<List<BlockingQueue<Object>>> queues, int from, Class<T> type) {
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        Object message = queues.get(from).get(rank).take();
                        if (message == GONE) {
                            throw new NanogptException("worker " + from + " is gone");
                        }
                        return type.cast(message);
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public double[][] gather(double... mine) {
            IntStream.range(0, size).forEach(to -> numbers.get(rank).get(to).add(mine.clone()));
            double[][] all = new double[size][];
            for (int from = 0; from < size; from++) {
                all[from] = take(numbers, from, double[].class);
            }
            return all;
        }

        @Override
        public void broadcast(float[] values) {
            if (rank == 0) {
                IntStream.range(1, size).forEach(to -> send(to, values.clone()));
            } else {
                float[] received = array(0);
                System.arraycopy(received, 0, values, 0, values.length);
            }
        }

        @Override
        public void scatter(float[] values) {
            for (int to = 0; to < size; to++) {
                if (to != rank) {
                    send(to, share(values, to));
                }
            }
        }

        private float[] share(float[] values, int worker) {
            return Arrays.copyOfRange(
                    values,
                    Collective.begin(values.length, worker, size),
                    Collective.begin(values.length, worker + 1, size));
        }

        @Override
        public void receive(int worker, float[] share) {
            System.arraycopy(array(worker), 0, share, 0, share.length);
        }

        @Override
        public void share(float[] values) {
            for (int to = 0; to < size; to++) {
                if (to != rank) {
                    send(to, share(values, rank));
                }
            }
            for (int from = 0; from < size; from++) {
                if (from != rank) {
                    float[] received = array(from);
                    System.arraycopy(received, 0, values, Collective.begin(values.length, from, size), received.length);
                }
            }
        }
    }
}
