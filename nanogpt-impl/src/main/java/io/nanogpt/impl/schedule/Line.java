package io.nanogpt.impl.schedule;

import io.nanogpt.generate.QueueFullException;
import io.nanogpt.impl.schedule.Session.Ticket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The places of a model, and the line of those who wait for them: first come, first served. */
final class Line {
    private final ReentrantLock lock;
    private final Deque<Ticket> waiting = new ArrayDeque<>();
    private int places = 1;
    private int mostWaiting;
    /** Places that are taken. */
    private int taken;

    /**
     * Creates a line.
     *
     * @param lock of the scheduler, under which all is changed
     */
    Line(ReentrantLock lock) {
        this.lock = lock;
    }

    int places() {
        return places;
    }

    /** Returns the places that a session has or could have, since no other has them. */
    int available(Session session) {
        lock.lock();
        try {
            return Math.max(0, places - taken + session.placed);
        } finally {
            lock.unlock();
        }
    }

    /** Changes the number of places, and of tickets that may wait. */
    void set(int newPlaces, int newMostWaiting) {
        places = newPlaces;
        mostWaiting = newMostWaiting;
        grant();
    }

    /**
     * Enters the line. A thread that has places already, and asks for more while it listens to its tokens, has them at
     * once: it would wait for itself.
     *
     * @throws QueueFullException if it is full
     */
    Ticket enter(Session session, int count) {
        lock.lock();
        try {
            Ticket ticket = new Ticket(session, count);
            if (session.isNested()) {
                ticket.granted = true;
                taken += count;
                return ticket;
            }
            waiting.add(ticket);
            grant();
            if (!ticket.granted && waiting.size() > mostWaiting) {
                waiting.remove(ticket);
                throw new QueueFullException(places, mostWaiting);
            }
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    /** Enters the line for one place, unless it is full. */
    @Nullable
    Ticket enterIfRoom(Session session) {
        lock.lock();
        try {
            boolean free = waiting.isEmpty() && taken < places;
            return free || waiting.size() < mostWaiting ? enter(session, 1) : null;
        } finally {
            lock.unlock();
        }
    }

    private void grant() {
        for (Ticket head = waiting.peek();
                head != null && (taken == 0 || taken + head.count <= places);
                head = waiting.peek()) {
            waiting.remove();
            head.granted = true;
            taken += head.count;
            head.session.changed.signal();
        }
    }

    boolean isGranted(Ticket ticket) {
        lock.lock();
        try {
            return ticket.granted;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a ticket is granted; false, without the ticket, if the time is over before. */
    boolean await(Ticket ticket, long nanoseconds) throws InterruptedException {
        lock.lock();
        try {
            long left = nanoseconds;
            while (!ticket.granted && left > 0) {
                left = ticket.session.changed.awaitNanos(left);
            }
            if (!ticket.granted) {
                leave(ticket);
                return false;
            }
            return true;
        } catch (InterruptedException e) {
            leave(ticket);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** Leaves the line, or gives back what was granted. */
    void leave(Ticket ticket) {
        lock.lock();
        try {
            if (ticket.granted) {
                giveBack(ticket.count);
            } else {
                waiting.remove(ticket);
                grant();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives places back. */
    void giveBack(int count) {
        lock.lock();
        try {
            taken -= count;
            grant();
        } finally {
            lock.unlock();
        }
    }
}
