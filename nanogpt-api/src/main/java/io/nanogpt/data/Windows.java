package io.nanogpt.data;

import io.nanogpt.data.Examples.Order;
import java.util.Objects;

/**
 * As many tokens as the context has, from every {@code stride}-th token on. A text of n tokens has n - context windows of
 * stride 1. Nothing is copied until a batch is made.
 *
 * @param source the text
 * @param stride tokens between the starts of two windows; 1 by default
 * @param order in which a run takes them; {@link Order#RANDOM} by default
 * @param from share of the windows before the first, in [0, 1); 0 by default
 * @param to share of the windows up to the last, in (from, 1]; 1 by default
 */
public record Windows(TokenSource source, int stride, Order order, double from, double to) implements Examples {
    public Windows {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(order, "order");
        if (stride < 1) {
            throw new IllegalArgumentException("stride must be at least 1, but is " + stride);
        }
        requireRange(from, to);
    }

    /** Windows that start anywhere, at random. */
    public static Windows of(TokenSource source) {
        return new Windows(source, 1, Order.RANDOM, 0, 1);
    }

    /** Another distance between starts; the context length gives windows that do not overlap. */
    public Windows withStride(int stride) {
        return new Windows(source, stride, order, from, to);
    }

    /** Another order. */
    public Windows withOrder(Order order) {
        return new Windows(source, stride, order, from, to);
    }

    @Override
    public Kind kind() {
        return Kind.WINDOWS;
    }

    @Override
    public long tokens() {
        return Math.round((to - from) * source.size());
    }

    @Override
    public Windows slice(double from, double to) {
        requireRange(from, to);
        double width = this.to - this.from;
        return new Windows(source, stride, order, this.from + width * from, this.from + width * to);
    }

    static void requireRange(double from, double to) {
        if (!(from >= 0 && from < to && to <= 1)) {
            throw new IllegalArgumentException(
                    "a slice must have 0 <= from < to <= 1, but is from " + from + " to " + to);
        }
    }
}
