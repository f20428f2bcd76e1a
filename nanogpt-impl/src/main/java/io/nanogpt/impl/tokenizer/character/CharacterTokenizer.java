package io.nanogpt.impl.tokenizer.character;

import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.tokenizer.bpe.BlockTokenStream;
import io.nanogpt.impl.tokenizer.bpe.TextBlocks;
import io.nanogpt.impl.tokenizer.format.CharacterFile;
import io.nanogpt.impl.tokenizer.format.TokenizerJson;
import io.nanogpt.impl.tokenizer.pretokenize.CodePointTable;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.IntStream;

/** One id per code point. A trained one numbers them in code point order; a loaded one as its file does. */
public final class CharacterTokenizer implements Tokenizer {
    /**
     * The text that unknown characters decode to. Its id is of no code point, so the text {@code <unk>} has five other
     * ids.
     */
    public static final String UNKNOWN = "<unk>";

    /** The entry of the unknown token in {@link #codePoints}. */
    public static final int UNKNOWN_CODE_POINT = -1;

    private static final int CHARACTERS_BETWEEN_CHECKS = 1 << 20;

    private final int[] codePoints;
    private final CodePointTable table;
    private final UnknownCharacters policy;
    private final int unknownId;
    private final String unknownToken;

    /**
     * Creates a tokenizer.
     *
     * @param codePoints by id, none twice; {@link #UNKNOWN_CODE_POINT} once if, and only if, the policy is to replace
     * @param unknownToken the text that the id of unknown characters decodes to
     */
    public CharacterTokenizer(int[] codePoints, UnknownCharacters policy, String unknownToken) {
        this.codePoints = codePoints.clone();
        this.policy = Objects.requireNonNull(policy, "policy");
        this.unknownToken = unknownToken;
        int[] known = IntStream.range(0, codePoints.length)
                .filter(id -> codePoints[id] != UNKNOWN_CODE_POINT)
                .boxed()
                .sorted(Comparator.comparingInt(id -> codePoints[id]))
                .mapToInt(Integer::intValue)
                .toArray();
        this.table = new CodePointTable(
                Arrays.stream(known).map(id -> codePoints[id]).toArray(), known);
        this.unknownId = IntStream.range(0, codePoints.length)
                .filter(id -> codePoints[id] == UNKNOWN_CODE_POINT)
                .findFirst()
                .orElse(CodePointTable.ABSENT);
        if ((unknownId >= 0) != (policy == UnknownCharacters.REPLACE)) {
            throw new IllegalArgumentException("an id for " + unknownToken + " is required if, and only if, the policy"
                    + " is " + UnknownCharacters.REPLACE + ", but the policy is " + policy);
        }
    }

    /**
     * Learns the sorted distinct code points of a text.
     *
     * @throws NanogptException if the text is empty or holds half of a surrogate pair, which no file can keep
     */
    public static CharacterTokenizer train(String text, UnknownCharacters policy) {
        if (text.isEmpty()) {
            throw new NanogptException("the corpus is empty; a character tokenizer needs text to learn its vocabulary");
        }
        BitSet seen = new BitSet();
        int nextCheck = CHARACTERS_BETWEEN_CHECKS;
        for (int i = 0; i < text.length(); ) {
            if (i >= nextCheck) {
                NanogptInterruptedException.check("the training of the tokenizer");
                nextCheck += CHARACTERS_BETWEEN_CHECKS;
            }
            int codePoint = text.codePointAt(i);
            if (isSurrogate(codePoint)) {
                throw new NanogptException("the corpus has half of a surrogate pair, " + describe(codePoint)
                        + ", at position " + i + ", which is no character; a text was cut inside a character");
            }
            seen.set(codePoint);
            i += Character.charCount(codePoint);
        }
        IntStream learned = seen.stream();
        return new CharacterTokenizer(
                policy == UnknownCharacters.REPLACE
                        ? IntStream.concat(learned, IntStream.of(UNKNOWN_CODE_POINT))
                                .toArray()
                        : learned.toArray(),
                policy,
                UNKNOWN);
    }

    /** The policy for characters outside the vocabulary. */
    public UnknownCharacters unknownCharacters() {
        return policy;
    }

    @Override
    public int vocabularySize() {
        return codePoints.length;
    }

    @Override
    public int[] encode(String text) {
        int[] ids = new int[text.length()];
        int count = 0;
        int nextCheck = CHARACTERS_BETWEEN_CHECKS;
        for (int i = 0; i < text.length(); ) {
            if (i >= nextCheck) {
                NanogptInterruptedException.check("encoding");
                nextCheck += CHARACTERS_BETWEEN_CHECKS;
            }
            int codePoint = text.codePointAt(i);
            int id = table.id(codePoint);
            if (id < 0) {
                id = switch (policy) {
                    case ERROR -> throw unknown(codePoint, i);
                    case SKIP -> CodePointTable.ABSENT;
                    case REPLACE -> unknownId;
                };
            }
            if (id >= 0) {
                ids[count++] = id;
            }
            i += Character.charCount(codePoint);
        }
        return count == ids.length ? ids : Arrays.copyOf(ids, count);
    }

    @Override
    public String decode(int... ids) {
        StringBuilder text = new StringBuilder(ids.length);
        for (int id : ids) {
            if (id < 0 || id >= codePoints.length) {
                throw new IllegalArgumentException("token ids must be from 0 to " + (codePoints.length - 1)
                        + " for this vocabulary of " + codePoints.length + " characters, but one is " + id);
            }
            if (id == unknownId) {
                text.append(unknownToken);
            } else {
                text.appendCodePoint(codePoints[id]);
            }
        }
        return text.toString();
    }

    @Override
    public TokenStream stream(InputStream utf8, int threads) {
        return BlockTokenStream.of(this, TextBlocks.Cutter::afterCharacter, utf8, threads);
    }

    @Override
    public boolean canEncode(String text) {
        return policy != UnknownCharacters.ERROR || text.codePoints().allMatch(codePoint -> table.id(codePoint) >= 0);
    }

    @Override
    public String toJson() {
        return CharacterFile.text(this);
    }

    @Override
    public void save(Path file) {
        TokenizerJson.save(toJson(), file);
    }

    /** The text that unknown characters decode to, if they have an id. */
    public String unknownToken() {
        return unknownToken;
    }

    /** The token of an id, as its file has it. */
    public String token(int id) {
        return decode(id);
    }

    private IllegalArgumentException unknown(int codePoint, int position) {
        return new IllegalArgumentException("the text has " + describe(codePoint) + " at position " + position
                + " (counted from 0), which is not among the " + codePoints.length
                + " characters of the vocabulary; leave it out, or train the tokenizer with"
                + " UnknownCharacters.SKIP or REPLACE");
    }

    public static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** Describes a character for messages: itself if it is visible, its code point and its Unicode name. */
    static String describe(int codePoint) {
        String name = Character.getName(codePoint);
        String number = String.format("U+%04X", codePoint) + (name == null ? "" : " " + name);
        boolean visible = !Character.isISOControl(codePoint)
                && !Character.isWhitespace(codePoint)
                && Character.getType(codePoint) != Character.FORMAT
                && !isSurrogate(codePoint);
        return visible ? "'" + Character.toString(codePoint) + "' (" + number + ")" : number;
    }
}
