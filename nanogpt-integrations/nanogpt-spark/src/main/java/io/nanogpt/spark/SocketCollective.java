package io.nanogpt.spark;

import io.nanogpt.spi.Collective;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Workers with a connection between each two of them. */
final class SocketCollective implements Collective, AutoCloseable {
    /** Signs of life within the time after which a worker counts as gone. */
    private static final int SIGNALS = 4;

    private static final long FINISH_MILLIS = 10_000;

    private final int rank;
    /** By rank; null for this worker. */
    private final @Nullable Peer[] peers;

    private final ScheduledExecutorService signals;
    private final Future<?> signalling;
    private long exchanges;
    private long sentBytes;
    private long waitedNanos;

    /**
     * This worker.
     *
     * @param handshake with the key of the run
     * @param timeoutMillis after which a silent worker counts as gone
     */
    record Settings(int rank, int size, Handshake handshake, int timeoutMillis) {}

    private SocketCollective(int rank, @Nullable Peer[] peers, int timeoutMillis) {
        this.rank = rank;
        this.peers = peers;
        signals = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "nanogpt-signals");
            thread.setDaemon(true);
            return thread;
        });
        long period = Math.max(1, timeoutMillis / SIGNALS);
        signalling = signals.scheduleAtFixedRate(this::signal, period, period, TimeUnit.MILLISECONDS);
    }

    private void signal() {
        for (Peer peer : peers) {
            if (peer != null) {
                peer.signal();
            }
        }
    }

    /** Where workers are reached until they are connected. */
    static ServerSocket listen(String host, int size) throws IOException {
        return new ServerSocket(0, 2 * size, InetAddress.getByName(host));
    }

    /**
     * Connects to the other workers: to those of lower rank, and accepts those of higher rank.
     *
     * @param server of this worker
     * @param addresses {@code host:port} of all workers, by rank
     * @throws WorkerLostException if one does not answer
     */
    static SocketCollective connect(Settings settings, ServerSocket server, String[] addresses) {
        int size = settings.size();
        Socket[][] sockets = new Socket[size][2];
        @Nullable Peer[] peers = new Peer[size];
        try {
            for (int other = 0; other < settings.rank(); other++) {
                for (int kind : new int[] {Peer.NUMBERS, Peer.ARRAYS}) {
                    sockets[other][kind] = call(settings, addresses[other], kind);
                }
            }
            accept(settings, server, sockets);
            for (int other = 0; other < size; other++) {
                if (other != settings.rank()) {
                    peers[other] = new Peer(
                            other, sockets[other][Peer.NUMBERS], sockets[other][Peer.ARRAYS], settings.timeoutMillis());
                }
            }
            return new SocketCollective(settings.rank(), peers, settings.timeoutMillis());
        } catch (IOException e) {
            for (Socket[] pair : sockets) {
                for (Socket socket : pair) {
                    closeQuietly(socket, e);
                }
            }
            throw new WorkerLostException(
                    "worker " + settings.rank() + " cannot connect to the others: " + e.getMessage(), e);
        }
    }

    private static void closeQuietly(@Nullable Socket socket, IOException reason) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    private static Socket call(Settings settings, String address, int kind) throws IOException {
        int colon = address.lastIndexOf(':');
        Socket socket = new Socket();
        try {
            InetSocketAddress to =
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
            socket.connect(to, settings.timeoutMillis());
            socket.setSoTimeout(settings.timeoutMillis());
            settings.handshake()
                    .call(
                            new DataInputStream(socket.getInputStream()),
                            new DataOutputStream(socket.getOutputStream()),
                            new Handshake.Caller(settings.rank(), kind));
            return socket;
        } catch (IOException e) {
            closeQuietly(socket, e);
            throw new IOException(address + ": " + e.getMessage(), e);
        }
    }

    private static void accept(Settings settings, ServerSocket server, Socket[][] sockets) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.timeoutMillis());
        int missing = 2 * (settings.size() - 1 - settings.rank());
        while (missing > 0) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException(
                        "not all workers of higher rank have connected in " + settings.timeoutMillis() + " ms");
            }
            server.setSoTimeout((int) left);
            Socket socket = server.accept();
            try {
                socket.setSoTimeout((int) left);
                Handshake.Caller caller = settings.handshake()
                        .answer(
                                new DataInputStream(socket.getInputStream()),
                                new DataOutputStream(socket.getOutputStream()));
                sockets[caller.rank()][caller.kind()] = socket;
                missing--;
            } catch (IOException e) {
                closeQuietly(socket, e); // Some other program; the workers still have time.
            }
        }
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return peers.length;
    }

    @Override
    public double[][] gather(double... mine) {
        long begin = System.nanoTime();
        for (Peer peer : peers) {
            if (peer != null) {
                peer.send(mine);
            }
        }
        double[][] all = new double[peers.length][];
        for (int other = 0; other < peers.length; other++) {
            Peer peer = peers[other];
            all[other] = peer == null ? mine.clone() : peer.receive();
        }
        waitedNanos += System.nanoTime() - begin;
        return all;
    }

    @Override
    public void broadcast(float[] values) {
        if (rank == 0) {
            for (Peer peer : peers) {
                if (peer != null) {
                    send(peer, values, 0, values.length);
                }
            }
            flush();
        } else {
            Peer first = peers[0];
            if (first != null) {
                first.receive(values, 0, values.length);
            }
        }
    }

    private void send(Peer peer, float[] values, int from, int length) {
        peer.send(values, from, length);
        sentBytes += (long) Float.BYTES * length;
    }

    private void flush() {
        for (Peer peer : peers) {
            if (peer != null) {
                peer.flush();
            }
        }
    }

    @Override
    public void scatter(float[] values) {
        for (int other = 0; other < peers.length; other++) {
            Peer peer = peers[other];
            if (peer != null) {
                int from = Collective.begin(values.length, other, peers.length);
                send(peer, values, from, Collective.begin(values.length, other + 1, peers.length) - from);
            }
        }
    }

    @Override
    public void receive(int worker, float[] share) {
        Peer peer = peers[worker];
        if (peer == null) {
            throw new IllegalArgumentException("worker " + worker + " is this one");
        }
        long begin = System.nanoTime();
        peer.receive(share, 0, share.length);
        waitedNanos += System.nanoTime() - begin;
    }

    @Override
    public void share(float[] values) {
        long begin = System.nanoTime();
        int from = Collective.begin(values.length, rank, peers.length);
        int length = Collective.begin(values.length, rank + 1, peers.length) - from;
        for (Peer peer : peers) {
            if (peer != null) {
                send(peer, values, from, length);
            }
        }
        for (int other = 0; other < peers.length; other++) {
            Peer peer = peers[other];
            if (peer != null) {
                int at = Collective.begin(values.length, other, peers.length);
                peer.receive(values, at, Collective.begin(values.length, other + 1, peers.length) - at);
            }
        }
        flush();
        exchanges++;
        waitedNanos += System.nanoTime() - begin;
    }

    /** What was exchanged so far. */
    ExchangeStatistics statistics() {
        return new ExchangeStatistics(rank, exchanges, sentBytes, waitedNanos / 1e9);
    }

    /** Ends the connections once all workers have received everything. */
    void finish() throws IOException {
        signalling.cancel(false);
        for (Peer peer : peers) {
            if (peer != null) {
                peer.finish(FINISH_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        signals.shutdownNow();
        for (Peer peer : peers) {
            if (peer != null) {
                peer.close();
            }
        }
    }
}
