package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.pretokenize.Utf8;

/** The UTF-8 of a string; halves of surrogate pairs become U+FFFD. */
final class StringSource implements TextBlocks.Source {
    private static final int CHARACTERS_AT_ONCE = 1 << 14;
    private static final int BYTES_A_CHARACTER = 3;

    private final String text;
    private final char[] characters;
    private int position;

    StringSource(String text) {
        this.text = text;
        this.characters = new char[Math.min(text.length(), CHARACTERS_AT_ONCE)];
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (position == text.length()) {
            return -1;
        }
        int count = Math.min(Math.min(characters.length, length / BYTES_A_CHARACTER), text.length() - position);
        boolean cutsPair = position + count < text.length()
                && count > 1
                && Character.isHighSurrogate(text.charAt(position + count - 1));
        count -= cutsPair ? 1 : 0;
        text.getChars(position, position + count, characters, 0);
        position += count;
        return Utf8.write(characters, count, buffer, offset) - offset;
    }
}
