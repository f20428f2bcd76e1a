package io.nanogpt.spark;

import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The time that two workers need to exchange a gradient over the loopback interface: arguments are elements and times. */
public final class ExchangeBenchmark {
    private static final int TIMEOUT_MILLIS = 60_000;

    private ExchangeBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int elements = Integer.parseInt(arguments[0]);
        int times = Integer.parseInt(arguments[1]);
        int size = 2;
        ServerSocket[] servers = new ServerSocket[size];
        String[] addresses = new String[size];
        for (int rank = 0; rank < size; rank++) {
            servers[rank] = SocketCollective.listen("127.0.0.1", size);
            addresses[rank] = "127.0.0.1:" + servers[rank].getLocalPort();
        }
        ExecutorService pool = Executors.newFixedThreadPool(size);
        List<Future<Double>> running = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            SocketCollective.Settings settings = new SocketCollective.Settings(
                    rank, size, new Handshake(Handshake.key("benchmark", "")), TIMEOUT_MILLIS);
            ServerSocket server = servers[rank];
            running.add(pool.submit(() -> millis(settings, server, addresses, elements, times)));
        }
        for (Future<Double> each : running) {
            System.out.printf(Locale.ROOT, "%d floats, 2 workers: %.2f ms%n", elements, each.get());
        }
        pool.shutdown();
    }

    private static double millis(
            SocketCollective.Settings settings, ServerSocket server, String[] addresses, int elements, int times)
            throws Exception {
        float[] gradient = new float[elements];
        float[] sum = new float[elements];
        Arrays.fill(gradient, settings.rank() + 1);
        float[] share = new float[elements - elements / 2];
        int from = settings.rank() == 0 ? 0 : elements / 2;
        share = settings.rank() == 0 ? new float[elements / 2] : share;
        try (SocketCollective workers = SocketCollective.connect(settings, server, addresses)) {
            long best = Long.MAX_VALUE;
            for (int round = 0; round < times; round++) {
                long begin = System.nanoTime();
                workers.scatter(gradient);
                workers.gather(1, 2);
                workers.receive(1 - settings.rank(), share);
                for (int i = 0; i < share.length; i++) {
                    sum[from + i] = gradient[from + i] + share[i];
                }
                workers.share(sum);
                best = Math.min(best, System.nanoTime() - begin);
            }
            if (sum[0] != 3 || sum[elements - 1] != 3) {
                throw new IllegalStateException("wrong sums");
            }
            workers.finish();
            return best / 1e6;
        }
    }
}
