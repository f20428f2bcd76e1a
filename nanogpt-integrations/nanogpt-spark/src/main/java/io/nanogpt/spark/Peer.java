package io.nanogpt.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to another worker: one for arrays, and one for numbers and signs of life. Threads of their own send arrays
 * and receive numbers, so that a worker that computes can be told from one that is gone.
 */
final class Peer implements AutoCloseable {
    /** Kinds of connections. */
    static final int NUMBERS = 0;

    static final int ARRAYS = 1;

    private static final int CHUNK = 1 << 18;
    /** In place of the length of a message. */
    private static final int ALIVE = -1;

    private static final int END = -2;
    /** Numbers of a message at most, far more than any has; rows of tables of n-grams are the longest. */
    private static final int LONGEST = 1 << 27;

    private static final double[] GONE = new double[0];

    private final int rank;
    private final Socket numbers;
    private final Socket arrays;
    private final DataOutputStream numbersOut;
    private final InputStream arraysIn;
    private final OutputStream arraysOut;
    private final byte[] received = new byte[CHUNK];
    private final byte[] sent = new byte[CHUNK];
    private final BlockingQueue<double[]> messages = new LinkedBlockingQueue<>();
    private final ExecutorService sender;
    private final Thread receiver;
    private @Nullable Future<?> lastSent;
    private volatile @Nullable WorkerLostException failure;

    Peer(int rank, Socket numbers, Socket arrays, int timeoutMillis) throws IOException {
        this.rank = rank;
        this.numbers = numbers;
        this.arrays = arrays;
        numbers.setTcpNoDelay(true);
        arrays.setTcpNoDelay(true);
        numbers.setSoTimeout(timeoutMillis);
        arrays.setSoTimeout(0);
        numbersOut = new DataOutputStream(numbers.getOutputStream());
        arraysIn = arrays.getInputStream();
        arraysOut = arrays.getOutputStream();
        sender = Executors.newSingleThreadExecutor(task -> daemon(task, "nanogpt-send-" + rank));
        receiver = daemon(this::receiveNumbers, "nanogpt-receive-" + rank);
        receiver.start();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void receiveNumbers() {
        try {
            DataInputStream in = new DataInputStream(numbers.getInputStream());
            for (int length = in.readInt(); length != END; length = in.readInt()) {
                if (length < ALIVE || length > LONGEST) {
                    throw new IOException("it sent a broken message");
                }
                if (length != ALIVE) {
                    byte[] bytes = new byte[length * Double.BYTES];
                    in.readFully(bytes);
                    double[] message = new double[length];
                    ByteBuffer.wrap(bytes).asDoubleBuffer().get(message);
                    messages.add(message);
                }
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /** Ends all waiting for this worker. */
    void fail(Throwable cause) {
        if (failure == null) {
            String reason = cause.getMessage() == null ? "it closed the connection" : cause.getMessage();
            failure = new WorkerLostException("worker " + rank + " is gone or does not answer: " + reason, cause);
        }
        abort();
        messages.add(GONE);
    }

    private WorkerLostException lost(Throwable cause) {
        fail(cause);
        WorkerLostException known = failure;
        return known != null ? known : new WorkerLostException("worker " + rank + " is gone", cause);
    }

    /** Sends numbers. */
    void send(double[] values) {
        byte[] bytes = new byte[Integer.BYTES + values.length * Double.BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        buffer.putInt(values.length);
        buffer.asDoubleBuffer().put(values);
        try {
            synchronized (numbersOut) {
                numbersOut.write(bytes);
                numbersOut.flush();
            }
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** Tells the other worker that this one lives. */
    void signal() {
        try {
            synchronized (numbersOut) {
                numbersOut.writeInt(ALIVE);
                numbersOut.flush();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /** Waits for numbers, also while the thread is interrupted. */
    double[] receive() {
        double[] message = Uninterruptibly.get(messages::take);
        if (message == GONE) {
            WorkerLostException known = failure;
            throw new WorkerLostException(
                    known == null ? "worker " + rank + " is gone" : String.valueOf(known.getMessage()), known);
        }
        return message;
    }

    /** Starts to send a part of an array. */
    void send(float[] values, int from, int length) {
        lastSent = sender.submit(() -> {
            ByteBuffer buffer = ByteBuffer.wrap(sent).order(ByteOrder.LITTLE_ENDIAN);
            for (int done = 0; done < length; done += CHUNK / Float.BYTES) {
                int part = Math.min(CHUNK / Float.BYTES, length - done);
                buffer.asFloatBuffer().put(values, from + done, part);
                arraysOut.write(sent, 0, part * Float.BYTES);
            }
            return null;
        });
    }

    /** Waits for a part of an array. */
    void receive(float[] values, int from, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(received).order(ByteOrder.LITTLE_ENDIAN);
        try {
            for (int done = 0; done < length; done += CHUNK / Float.BYTES) {
                int part = Math.min(CHUNK / Float.BYTES, length - done);
                if (arraysIn.readNBytes(received, 0, part * Float.BYTES) < part * Float.BYTES) {
                    throw new IOException("it closed the connection");
                }
                buffer.asFloatBuffer().get(values, from + done, part);
            }
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** Waits until everything that was to be sent is with the operating system. */
    void flush() {
        Future<?> last = lastSent;
        if (last == null) {
            return;
        }
        try {
            Uninterruptibly.get(() -> {
                try {
                    return last.get();
                } catch (ExecutionException e) {
                    throw lost(e.getCause() == null ? e : e.getCause());
                }
            });
        } finally {
            lastSent = null;
        }
    }

    /** Says that nothing follows, and waits until the other worker says so too. */
    void finish(long timeoutMillis) throws IOException {
        flush();
        synchronized (numbersOut) {
            numbersOut.writeInt(END);
            numbersOut.flush();
        }
        Uninterruptibly.get(() -> {
            receiver.join(timeoutMillis);
            return rank;
        });
    }

    private void abort() {
        for (Socket socket : new Socket[] {numbers, arrays}) {
            try {
                socket.close();
            } catch (IOException e) {
                WorkerLostException known = failure;
                if (known != null) {
                    known.addSuppressed(e);
                }
            }
        }
    }

    @Override
    public void close() {
        abort();
        sender.shutdownNow();
        Uninterruptibly.get(() -> sender.awaitTermination(1, TimeUnit.SECONDS));
    }
}
