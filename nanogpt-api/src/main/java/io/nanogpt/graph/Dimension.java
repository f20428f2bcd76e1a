package io.nanogpt.graph;

import java.util.Objects;

/** An axis of a {@link Shape}: a fixed size, or a name whose size is set when a graph is compiled. */
public sealed interface Dimension {
    /** The number of sequences computed together. */
    Dimension BATCH = new Named("batch");
    /** The number of tokens of each sequence. */
    Dimension SEQUENCE = new Named("sequence");

    /** An axis whose size is known when the graph is built. */
    record Fixed(int size) implements Dimension {
        public Fixed {
            if (size < 1) {
                throw new IllegalArgumentException("a dimension must be at least 1, but is " + size);
            }
        }

        @Override
        public String toString() {
            return Integer.toString(size);
        }
    }

    /** An axis whose size is set when the graph is compiled. */
    record Named(String name) implements Dimension {
        public Named {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
