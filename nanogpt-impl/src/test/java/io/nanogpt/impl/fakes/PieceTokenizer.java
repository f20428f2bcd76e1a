package io.nanogpt.impl.fakes;

import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A tokenizer over some pieces of text; encoding takes the longest one that fits and leaves unknown characters out. */
public final class PieceTokenizer implements Tokenizer {
    private final List<String> pieces;

    private PieceTokenizer(List<String> pieces) {
        this.pieces = pieces;
    }

    public static PieceTokenizer of(String... pieces) {
        return new PieceTokenizer(List.of(pieces));
    }

    /** One piece per character. */
    public static PieceTokenizer characters(String characters) {
        return new PieceTokenizer(
                characters.codePoints().mapToObj(Character::toString).toList());
    }

    @Override
    public int vocabularySize() {
        return pieces.size();
    }

    @Override
    public int[] encode(String text) {
        int[] ids = new int[text.length()];
        int count = 0;
        for (int from = 0; from < text.length(); ) {
            int best = longest(text, from);
            if (best < 0) {
                from++;
            } else {
                ids[count++] = best;
                from += pieces.get(best).length();
            }
        }
        return Arrays.copyOf(ids, count);
    }

    private int longest(String text, int from) {
        int best = -1;
        for (int id = 0; id < pieces.size(); id++) {
            boolean longer =
                    best < 0 || pieces.get(id).length() > pieces.get(best).length();
            if (longer && text.startsWith(pieces.get(id), from)) {
                best = id;
            }
        }
        return best;
    }

    @Override
    public String decode(int... ids) {
        return Arrays.stream(ids).mapToObj(pieces::get).collect(Collectors.joining());
    }

    @Override
    public boolean canEncode(String text) {
        return true;
    }

    @Override
    public String toJson() {
        return "{\"pieces\": " + pieces.size() + "}\n";
    }

    @Override
    public void save(Path file) {
        try {
            Files.writeString(file, toJson());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
