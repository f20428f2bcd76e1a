package io.nanogpt.impl.chat;

import io.nanogpt.spi.ChatRenderer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A text in which each character keeps the message that it comes from. Immutable. */
final class Text implements ChatRenderer.Rendered {
    static final int TEMPLATE = -1;
    static final Text EMPTY = new Text("", null);

    private final String value;
    /** The message of each character; null where all are the template's. */
    private final int @Nullable [] messages;

    private Text(String value, int @Nullable [] messages) {
        this.value = value;
        this.messages = messages;
    }

    /** A text of the template. */
    static Text of(String value) {
        return value.isEmpty() ? EMPTY : new Text(value, null);
    }

    /** A text of a message. */
    static Text of(String value, int message) {
        if (message == TEMPLATE) {
            return of(value);
        }
        int[] messages = new int[value.length()];
        Arrays.fill(messages, message);
        return new Text(value, messages);
    }

    @Override
    public String text() {
        return value;
    }

    @Override
    public int message(int index) {
        return messages == null ? TEMPLATE : messages[index];
    }

    /** The message of the first character; a changed text is all of it. */
    int message() {
        for (int i = 0; i < value.length(); i++) {
            if (message(i) != TEMPLATE) {
                return message(i);
            }
        }
        return TEMPLATE;
    }

    int length() {
        return value.length();
    }

    Text plus(Text other) {
        if (value.isEmpty()) {
            return other;
        }
        if (other.value.isEmpty()) {
            return this;
        }
        Builder builder = new Builder();
        builder.append(this);
        builder.append(other);
        return builder.text();
    }

    Text part(int from, int to) {
        return from >= to
                ? EMPTY
                : new Text(value.substring(from, to), messages == null ? null : Arrays.copyOfRange(messages, from, to));
    }

    /** Grows a text. */
    static final class Builder {
        private final StringBuilder value = new StringBuilder();
        private int @Nullable [] messages;

        void append(Text text) {
            int before = value.length();
            value.append(text.value);
            if (text.messages != null || messages != null) {
                int[] grown = messages == null ? filled(before) : messages;
                if (grown.length < value.length()) {
                    grown = Arrays.copyOf(grown, Math.max(2 * grown.length, value.length()));
                }
                if (text.messages == null) {
                    Arrays.fill(grown, before, value.length(), TEMPLATE);
                } else {
                    System.arraycopy(text.messages, 0, grown, before, text.value.length());
                }
                messages = grown;
            }
        }

        private static int[] filled(int length) {
            int[] messages = new int[length];
            Arrays.fill(messages, TEMPLATE);
            return messages;
        }

        Text text() {
            return value.length() == 0
                    ? EMPTY
                    : new Text(value.toString(), messages == null ? null : Arrays.copyOf(messages, value.length()));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && value.equals(text.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
