package io.nanogpt.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nanogpt.spi.Collective;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SocketCollectiveTest {
    private static final Handshake KEY = new Handshake(Handshake.key("token", "secret"));

    private final ExecutorService pool = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    private interface Task<T> {
        T run(SocketCollective workers) throws Exception;
    }

    private <T> List<Future<T>> start(int size, int timeoutMillis, Task<T> task) throws Exception {
        List<ServerSocket> servers = new ArrayList<>();
        String[] addresses = new String[size];
        for (int rank = 0; rank < size; rank++) {
            servers.add(SocketCollective.listen("127.0.0.1", size));
            addresses[rank] = "127.0.0.1:" + servers.get(rank).getLocalPort();
        }
        List<Future<T>> running = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            SocketCollective.Settings settings = new SocketCollective.Settings(rank, size, KEY, timeoutMillis);
            ServerSocket server = servers.get(rank);
            running.add(pool.submit(() -> {
                try (server;
                        SocketCollective workers = SocketCollective.connect(settings, server, addresses)) {
                    return task.run(workers);
                }
            }));
        }
        return running;
    }

    @Test
    void everyWorkerGetsWhatTheOthersGive() throws Exception {
        int elements = 200_003;
        List<Future<String>> running = start(3, 10_000, workers -> {
            int rank = workers.rank();
            float[] first = new float[elements];
            if (rank == 0) {
                for (int i = 0; i < elements; i++) {
                    first[i] = i;
                }
            }
            workers.broadcast(first);
            float[] mine = new float[elements];
            for (int i = 0; i < elements; i++) {
                mine[i] = first[i] + 0.25f * rank;
            }
            workers.scatter(mine);
            workers.scatter(first);
            double[][] told = workers.gather(rank, Math.PI * rank);
            int from = Collective.begin(elements, rank, 3);
            float[] share = new float[Collective.begin(elements, rank + 1, 3) - from];
            float[] sum = new float[elements];
            for (int other = 0; other < 3; other++) {
                if (other != rank) {
                    workers.receive(other, share);
                    assertThat(share[1]).isEqualTo(from + 1 + 0.25f * other);
                    workers.receive(other, share);
                    assertThat(share[1]).isEqualTo(from + 1);
                }
                sum[from] += share[0];
            }
            workers.share(sum);
            workers.finish();
            return Arrays.deepToString(told) + sum[0] + sum[Collective.begin(elements, 2, 3)];
        });
        String expected = running.get(0).get();
        for (Future<String> each : running) {
            assertThat(each.get()).isEqualTo(expected);
        }
    }

    @Test
    void aWorkerThatEndsIsNamed() throws Exception {
        List<Future<String>> running = start(2, 10_000, workers -> {
            if (workers.rank() == 1) {
                return "ended";
            }
            workers.receive(1, new float[10]);
            return "received";
        });
        assertThat(running.get(1).get()).isEqualTo("ended");
        assertThatThrownBy(() -> running.get(0).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(WorkerLostException.class)
                .hasMessageContaining("worker 1 is gone");
    }

    /** As a process that was stopped: its connections stay open. */
    @Test
    void aWorkerThatIsSilentIsNamed() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
            Future<?> answers = pool.submit(() -> {
                List<Socket> open = new ArrayList<>();
                for (int kind = 0; kind < 2; kind++) {
                    Socket socket = silent.accept();
                    open.add(socket);
                    KEY.answer(
                            new DataInputStream(socket.getInputStream()),
                            new DataOutputStream(socket.getOutputStream()));
                }
                return open;
            });
            SocketCollective.Settings settings = new SocketCollective.Settings(1, 2, KEY, 300);
            try (ServerSocket unused = SocketCollective.listen("127.0.0.1", 2);
                    SocketCollective workers = SocketCollective.connect(
                            settings, unused, new String[] {"127.0.0.1:" + silent.getLocalPort(), ""})) {
                answers.get();
                assertThatThrownBy(() -> workers.gather(1))
                        .isInstanceOf(WorkerLostException.class)
                        .hasMessageContaining("worker 0 is gone or does not answer");
            }
        }
    }

    @Test
    void aProgramWithoutTheKeyIsNoWorker() throws Exception {
        try (ServerSocket server = SocketCollective.listen("127.0.0.1", 2)) {
            SocketCollective.Settings settings = new SocketCollective.Settings(0, 2, KEY, 1_000);
            Future<SocketCollective> accepting =
                    pool.submit(() -> SocketCollective.connect(settings, server, new String[] {"", ""}));
            Handshake other = new Handshake(Handshake.key("token", "another secret"));
            assertThatThrownBy(() -> {
                        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
                            other.call(
                                    new DataInputStream(socket.getInputStream()),
                                    new DataOutputStream(socket.getOutputStream()),
                                    new Handshake.Caller(1, Peer.NUMBERS));
                        }
                    })
                    .isInstanceOf(java.io.IOException.class);
            assertThatThrownBy(accepting::get).hasCauseInstanceOf(WorkerLostException.class);
        }
    }
}
