package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import io.nanogpt.tokenizer.ByteLevelBpeConfig;
import io.nanogpt.tokenizer.Tokenizers.BpeTrainingListener;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Learns merges from counted pre-tokens. Each place stores the pair that begins there, and each pair its places, so a
 * merge visits only the places of its pair and their neighbours.
 */
public final class BpeTrainer {
    private static final int NONE = -1;
    private static final int CHECK_MASK = (1 << 16) - 1;
    private static final String OPERATION = "the training of the tokenizer";
    private static final int MOST_PLACES = Integer.MAX_VALUE - 8;

    private final ByteLevelBpeConfig config;
    private final int firstByte;
    /** Ids of the special tokens that no merge has formed. */
    private final Map<String, Integer> specialIds = new HashMap<>();

    private final List<byte[]> tokens = new ArrayList<>();

    /** The concatenated pre-tokens: the symbol at each place, its neighbours, and its pre-token. */
    private int[] ids = {};

    private int[] next = {};
    private int[] previous = {};
    private int[] pretokens = {};
    private long[] pretokenCounts = {};
    /** The pair that begins at each place. */
    private int[] pairAt = {};

    private final PairQueue pairs;
    /** The pairs that the current merge has formed, by their other symbol. */
    private final int[] pairWithLeft;

    private final int[] pairWithRight;

    private BpeTrainer(ByteLevelBpeConfig config) {
        this.config = config;
        for (String special : config.specialTokens()) {
            specialIds.put(special, tokens.size());
            tokens.add(special.getBytes(StandardCharsets.UTF_8));
        }
        firstByte = tokens.size();
        for (int place = 0; place < ByteAlphabet.SIZE; place++) {
            tokens.add(new byte[] {ByteAlphabet.inOrder(place)});
        }
        pairs = new PairQueue(PairOrder.of(config.ties(), config.vocabularySize(), tokens));
        pairWithLeft = new int[config.vocabularySize()];
        pairWithRight = new int[config.vocabularySize()];
        Arrays.fill(pairWithLeft, NONE);
        Arrays.fill(pairWithRight, NONE);
    }

    public static BpeModel train(PretokenCounts counts, ByteLevelBpeConfig config, BpeTrainingListener listener) {
        BpeTrainer trainer = new BpeTrainer(config);
        trainer.layOut(counts);
        trainer.countPairs();
        return trainer.model(trainer.mergeAll(listener));
    }

    /** The ids of the single bytes. */
    private int[] byteIds() {
        int[] byteIds = new int[ByteAlphabet.SIZE];
        for (int place = 0; place < ByteAlphabet.SIZE; place++) {
            byteIds[ByteAlphabet.inOrder(place) & 0xFF] = firstByte + place;
        }
        return byteIds;
    }

    private void layOut(PretokenCounts counts) {
        long[] sizes = new long[2];
        counts.forEach((bytes, from, length, count) -> {
            if (length > 1) {
                sizes[0]++;
                sizes[1] += length;
            }
        });
        if (sizes[1] > MOST_PLACES) {
            throw new NanogptException("the " + sizes[0] + " different pre-tokens of this text have " + sizes[1]
                    + " bytes together, and at most " + MOST_PLACES + " can be trained on; give less text, or a pattern"
                    + " that cuts it into shorter ones");
        }
        int places = (int) sizes[1];
        pretokenCounts = new long[(int) sizes[0]];
        ids = new int[places];
        next = new int[places];
        previous = new int[places];
        pretokens = new int[places];
        pairAt = new int[places];
        int[] byteIds = byteIds();
        int[] at = new int[2];
        counts.forEach((bytes, from, length, count) -> {
            if (length > 1) {
                checkInterrupt(at[0]);
                place(byteIds, bytes, from, length, at[1], at[0]);
                pretokenCounts[at[0]++] = count;
                at[1] += length;
            }
        });
    }

    private void place(int[] byteIds, byte[] bytes, int from, int length, int at, int pretoken) {
        for (int i = 0; i < length; i++) {
            ids[at + i] = byteIds[bytes[from + i] & 0xFF];
            next[at + i] = i == length - 1 ? NONE : at + i + 1;
            previous[at + i] = i == 0 ? NONE : at + i - 1;
            pretokens[at + i] = pretoken;
        }
    }

    private void countPairs() {
        int[] occurrences = new int[ByteAlphabet.SIZE * ByteAlphabet.SIZE];
        for (int at = 0; at < ids.length; at++) {
            if (next[at] != NONE) {
                occurrences[bytePair(at)]++;
            }
        }
        int[] pairOf = new int[occurrences.length];
        for (int pair = 0; pair < occurrences.length; pair++) {
            if (occurrences[pair] > 0) {
                int left = firstByte + pair / ByteAlphabet.SIZE;
                pairOf[pair] = pairs.create(left, firstByte + pair % ByteAlphabet.SIZE, occurrences[pair]);
            }
        }
        for (int at = 0; at < ids.length; at++) {
            checkInterrupt(at);
            pairAt[at] = NONE;
            if (next[at] != NONE) {
                pairAt[at] = pairOf[bytePair(at)];
                pairs.add(pairAt[at], at, pretokenCounts[pretokens[at]]);
            }
        }
        pairs.enqueueNew();
    }

    private static void checkInterrupt(int at) {
        if ((at & CHECK_MASK) == CHECK_MASK) {
            NanogptInterruptedException.check(OPERATION);
        }
    }

    private int bytePair(int at) {
        return (ids[at] - firstByte) * ByteAlphabet.SIZE + ids[at + 1] - firstByte;
    }

    private Merges mergeAll(BpeTrainingListener listener) {
        int expected = config.vocabularySize() - tokens.size();
        Merges merges = new Merges();
        while (tokens.size() < config.vocabularySize()) {
            NanogptInterruptedException.check(OPERATION);
            int pair = pairs.poll();
            if (pair == NONE || pairs.count(pair) < config.minimumFrequency()) {
                break;
            }
            merges.add(pairs.left(pair), pairs.right(pair), merge(pair), merges.size());
            listener.merged(merges.size(), expected);
        }
        return merges;
    }

    private int merge(int pair) {
        int id = newId(pair);
        int[] places = pairs.places(pair);
        int count = pairs.placeCount(pair);
        for (int i = 0; i < count; i++) {
            if (pairAt[places[i]] == pair) {
                join(places[i], id);
            }
        }
        pairs.discard(pair);
        pairs.forEachNew((left, right) -> {
            pairWithLeft[left] = NONE;
            pairWithRight[right] = NONE;
        });
        pairs.enqueueNew();
        return id;
    }

    /** The id of the merged token: that of a special token of the same text, if any, as in Hugging Face's trainer. */
    private int newId(int pair) {
        byte[] left = tokens.get(pairs.left(pair));
        byte[] right = tokens.get(pairs.right(pair));
        byte[] token = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, token, left.length, right.length);
        Integer special = specialIds.isEmpty() ? null : specialIds.remove(ByteAlphabet.write(token, 0, token.length));
        if (special != null) {
            tokens.set(special, token);
            pairs.order().enter(special, token);
            return special;
        }
        tokens.add(token);
        pairs.order().enter(tokens.size() - 1, token);
        return tokens.size() - 1;
    }

    private void join(int at, int id) {
        int right = next[at];
        int after = next[right];
        int before = previous[at];
        long count = pretokenCounts[pretokens[at]];
        if (before != NONE) {
            pairs.subtract(pairAt[before], count);
            int other = ids[before];
            if (pairWithLeft[other] == NONE) {
                pairWithLeft[other] = pairs.create(other, id);
            }
            pairAt[before] = pairWithLeft[other];
            pairs.add(pairAt[before], before, count);
        }
        pairAt[at] = NONE;
        if (after != NONE) {
            pairs.subtract(pairAt[right], count);
            int other = ids[after];
            if (pairWithRight[other] == NONE) {
                pairWithRight[other] = pairs.create(id, other);
            }
            pairAt[at] = pairWithRight[other];
            pairs.add(pairAt[at], at, count);
            previous[after] = at;
        }
        pairAt[right] = NONE;
        ids[at] = id;
        next[at] = after;
    }

    private BpeModel model(Merges merges) {
        List<SpecialToken> specials = new ArrayList<>();
        byte[] @Nullable [] regular = tokens.toArray(byte[][]::new);
        for (String special : config.specialTokens()) {
            int id = specials.size();
            specials.add(new SpecialToken(special, id, true));
            if (specialIds.containsKey(special)) {
                regular[id] = null;
            }
        }
        return new BpeModel(new TokenTable(regular), merges, false, config.pattern(), specials);
    }
}
