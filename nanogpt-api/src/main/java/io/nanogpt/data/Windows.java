package io.nanogpt.data;

import io.nanogpt.data.Examples.Order;
import java.util.Objects;

/**
 * Examples of the model's context length, which start at every {@code stride}-th token of a text. A text of n tokens
 * has n minus context length windows of stride 1. Tokens are copied only into batches. Immutable.
 *
 * @param source the text
 * @param stride tokens between the starts of consecutive windows; 1 by default
 * @param order the order of the windows in a run; {@link Order#RANDOM} by default
 * @param from share of the windows before the slice, in [0, 1); 0 by default
 * @param to share of the windows up to the end of the slice, in (from, 1]; 1 by default
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

    /** Returns all windows of a text, in random order. */
    public static Windows of(TokenSource source) {
        return new Windows(source, 1, Order.RANDOM, 0, 1);
    }

    /** Returns a copy with this stride; a stride of the context length gives windows that do not overlap. */
    public Windows withStride(int stride) {
        return new Windows(source, stride, order, from, to);
    }

    /** Returns a copy with this order. */
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
