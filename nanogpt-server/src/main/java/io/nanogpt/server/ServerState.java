package io.nanogpt.server;

import io.netty.channel.group.ChannelGroup;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What the connections of a server share. Thread-safe. */
final class ServerState {
    private final Settings settings;
    private final Metrics metrics = new Metrics();
    private final ChannelGroup connections;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private int active;
    private volatile boolean draining;

    ServerState(Settings settings, ChannelGroup connections) {
        this.settings = settings;
        this.connections = connections;
    }

    Settings settings() {
        return settings;
    }

    Metrics metrics() {
        return metrics;
    }

    ChannelGroup connections() {
        return connections;
    }

    /** Whether new requests are refused. */
    boolean isDraining() {
        return draining;
    }

    /** Refuses new requests from now on. */
    void drain() {
        draining = true;
    }

    /** Notes that a request is being answered. */
    void begin() {
        lock.lock();
        try {
            active++;
        } finally {
            lock.unlock();
        }
    }

    /** Notes that the answer to a request ended. */
    void end() {
        lock.lock();
        try {
            active--;
            idle.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The number of requests that are being answered. */
    int active() {
        lock.lock();
        try {
            return active;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no request is being answered, or for some time. */
    void awaitIdle(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (active > 0 && left > 0) {
                left = idle.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
