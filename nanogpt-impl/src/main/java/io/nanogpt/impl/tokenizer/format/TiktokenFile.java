package io.nanogpt.impl.tokenizer.format;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.impl.tokenizer.bpe.BpeModel;
import io.nanogpt.impl.tokenizer.bpe.ByteLevelTokenizer;
import io.nanogpt.impl.tokenizer.bpe.Merges;
import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import io.nanogpt.impl.tokenizer.bpe.TokenTable;
import io.nanogpt.tokenizer.SplitPattern;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rank files of {@code tiktoken}: a line {@code base64 rank} for each token. Two tokens side by side are merged if
 * together they are a token, that of the lowest rank first.
 */
public final class TiktokenFile {
    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final int R50K_RANKS = 50_256;
    private static final int P50K_RANKS = 50_280;
    private static final int CL100K_RANKS = 100_256;
    private static final int O200K_RANKS = 199_998;

    /** A token in base64 and its rank. */
    private static final Pattern FIRST_LINE = Pattern.compile("\\s*[A-Za-z0-9+/]+={0,2} [0-9]+\\s*?(\n|\\z)");

    private static final int LONGEST_BEGIN = 1024;

    private TiktokenFile() {}

    /** Whether a file begins as rank files do, whatever its name. */
    public static boolean isOne(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String begin = new String(in.readNBytes(LONGEST_BEGIN), StandardCharsets.ISO_8859_1);
            return FIRST_LINE.matcher(begin).lookingAt();
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
    }

    /** Reads a file of OpenAI, whose number of ranks determines its pattern and special tokens, which it does not hold. */
    public static ByteLevelTokenizer read(Path file) {
        long ranks =
                Utf8Files.read(file).lines().filter(line -> !line.isBlank()).count();
        if (ranks == R50K_RANKS || ranks == P50K_RANKS) {
            return read(file, SplitPattern.GPT2, Map.of(END_OF_TEXT, 50256));
        }
        if (ranks == CL100K_RANKS) {
            Map<String, Integer> specials = Map.of(
                    END_OF_TEXT,
                    100257,
                    "<|fim_prefix|>",
                    100258,
                    "<|fim_middle|>",
                    100259,
                    "<|fim_suffix|>",
                    100260,
                    "<|endofprompt|>",
                    100276);
            return read(file, SplitPattern.CL100K, specials);
        }
        if (ranks == O200K_RANKS) {
            return read(file, SplitPattern.O200K, Map.of(END_OF_TEXT, 199999, "<|endofprompt|>", 200018));
        }
        throw new NanogptException(file + " is a rank file of tiktoken, which holds neither its pattern nor its special"
                + " tokens, and its " + ranks
                + " ranks are those of none of OpenAI's, such as cl100k_base; read it with"
                + " Tokenizers.loadTiktoken");
    }

    public static ByteLevelTokenizer read(Path file, SplitPattern pattern, Map<String, Integer> specialTokens) {
        String[] lines = Utf8Files.read(file).split("\n", -1);
        byte[] @Nullable [] tokens = tokens(file, lines, specialTokens);
        BpeBuilder builder = new BpeBuilder(tokens, what -> new NanogptException(file + ": " + what));
        List<SpecialToken> specials = specialTokens.entrySet().stream()
                .map(entry -> new SpecialToken(entry.getKey(), entry.getValue(), true))
                .toList();
        return new ByteLevelTokenizer(builder.build(merges(builder.tokens()), true, pattern, specials));
    }

    private static byte[] @Nullable [] tokens(Path file, String[] lines, Map<String, Integer> specialTokens) {
        // Ranks may leave a few ids out, but the number of lines bounds the memory of a file.
        int most = 2 * lines.length + 1024;
        List<byte @Nullable []> tokens = new ArrayList<>();
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].isBlank()) {
                continue;
            }
            String place = file + ", line " + (i + 1) + ": ";
            String[] parts = lines[i].strip().split(" ", -1);
            int rank = parts.length == 2 ? rank(parts[1], most) : -1;
            byte[] token = parts.length == 2 ? base64(parts[0]) : null;
            if (rank < 0 || token == null || token.length == 0) {
                throw new NanogptException(place + "expected a token in base64, a space and a rank below " + most
                        + ", such as \"IQ== 0\"");
            }
            while (tokens.size() <= rank) {
                tokens.add(null);
            }
            if (tokens.set(rank, token) != null) {
                throw new NanogptException(place + "the rank " + rank + " stands for two tokens");
            }
        }
        specialTokens.forEach((text, id) -> {
            if (text.isEmpty() || id < 0 || id >= most) {
                throw new IllegalArgumentException("the special token \"" + text
                        + "\" needs a text and an id from 0 to " + (most - 1) + ", but has " + id);
            }
            if (id < tokens.size() && tokens.get(id) != null) {
                throw new IllegalArgumentException(
                        "the id " + id + " of the special token " + text + " is that of another token in " + file);
            }
        });
        return tokens.toArray(byte[][]::new);
    }

    private static int rank(String text, int most) {
        try {
            int rank = Integer.parseInt(text);
            return rank < most ? rank : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static byte @Nullable [] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Every way to cut a token into two others is a merge, with the rank of the token. */
    private static Merges merges(TokenTable tokens) {
        Merges merges = new Merges();
        for (int id = 0; id < tokens.size(); id++) {
            if (!tokens.contains(id)) {
                continue;
            }
            byte[] token = tokens.bytes(id);
            for (int cut = 1; cut < token.length; cut++) {
                int first = tokens.id(token, 0, cut);
                int second = first < 0 ? TokenTable.ABSENT : tokens.id(token, cut, token.length);
                if (second >= 0) {
                    merges.add(first, second, id, id);
                }
            }
        }
        return merges;
    }

    /** Writes a model whose ids are in the order of its merges, as those of trained and of read ones are. */
    public static void write(BpeModel model, Path file) {
        Merges merges = model.merges();
        for (int i = 1; i < merges.size(); i++) {
            if (merges.merged(i) < merges.merged(i - 1)) {
                throw new IllegalArgumentException("this tokenizer cannot be written as a rank file: its ids are not in"
                        + " the order of its merges, of which the one numbered " + i + " makes a lower id than the one"
                        + " before it; write it as HUGGING_FACE");
            }
        }
        boolean[] special = new boolean[model.vocabularySize()];
        model.specialTokens().forEach(token -> special[token.id()] = true);
        AtomicFiles.write(file, out -> {
            for (int id = 0; id < model.tokens().size(); id++) {
                if (model.tokens().contains(id) && !special[id]) {
                    String token =
                            Base64.getEncoder().encodeToString(model.tokens().bytes(id));
                    out.write((token + " " + id + "\n").getBytes(StandardCharsets.US_ASCII));
                }
            }
        });
    }
}
