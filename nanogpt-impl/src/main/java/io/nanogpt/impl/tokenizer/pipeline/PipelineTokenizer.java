package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.impl.tokenizer.bpe.IntList;
import io.nanogpt.impl.tokenizer.bpe.Utf8Decoder;
import io.nanogpt.impl.tokenizer.format.TokenizerJson;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A tokenizer of a {@code tokenizer.json}, stage by stage. Encodes and decodes as Hugging Face tokenizers does. */
public final class PipelineTokenizer implements Tokenizer {
    private static final int CHECK_MASK = (1 << 14) - 1;
    private static final int UNSET = -1;
    private static final SpecialTokenFilter ALL = (from, to) -> true;
    private static final SpecialTokenFilter NONE = (from, to) -> false;
    /** No added token at all. */
    private static final SpecialTokenFilter AS_TEXT = (from, to) -> false;

    private final Stages stages;
    private final Origin origin;
    private final List<AddedToken> added;
    private final Map<Integer, String> addedTexts = new LinkedHashMap<>();
    private final AddedTokens inText;
    private final AddedTokens inNormalized;
    private final int vocabularySize;
    /** Idle encoders; with the busy ones as many as threads ever encoded at once. */
    private final Queue<PieceModel.Encoder> encoders = new ConcurrentLinkedQueue<>();

    /** The stages, in order; a normalizer or a pre-tokenizer without steps changes nothing. */
    public record Stages(
            Normalizer normalizer,
            PreTokenizer preTokenizer,
            PieceModel model,
            PostProcessor postProcessor,
            TokenDecoder decoder) {}

    /**
     * Creates a tokenizer.
     *
     * @param added none of them becomes empty by normalization
     */
    public PipelineTokenizer(Stages stages, List<AddedToken> added, Origin origin) {
        this.stages = stages;
        this.origin = origin;
        this.added =
                added.stream().sorted(Comparator.comparingInt(AddedToken::id)).toList();
        this.added.forEach(token -> addedTexts.put(token.id(), sought(token)));
        inText = finder(token -> !token.normalized());
        inNormalized = finder(AddedToken::normalized);
        vocabularySize = Math.max(
                stages.model().vocabulary().size(),
                added.stream().mapToInt(AddedToken::id).max().orElse(UNSET) + 1);
    }

    private AddedTokens finder(Predicate<AddedToken> kind) {
        return new AddedTokens(added.stream()
                .filter(kind)
                .map(token -> new AddedTokens.Sought(sought(token), token))
                .toList());
    }

    /** The text by which a token is found, and to which it is decoded. */
    private String sought(AddedToken token) {
        return token.normalized() ? stages.normalizer().normalize(token.text()) : token.text();
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public int[] encode(String text) {
        return encode(text, SpecialTokenPolicy.ALLOW);
    }

    @Override
    public int[] encode(String text, SpecialTokenPolicy policy) {
        if (policy == SpecialTokenPolicy.REFUSE) {
            refuseSpecials(withoutHalves(text));
        }
        return encode(text, policy == SpecialTokenPolicy.ALLOW ? ALL : AS_TEXT);
    }

    @Override
    public int[] encode(String text, SpecialTokenFilter filter) {
        String whole = withoutHalves(text);
        PieceModel.Encoder idle = encoders.poll();
        PieceModel.Encoder encoder = idle == null ? stages.model().encoder() : idle;
        IntList ids = new IntList();
        for (AddedTokens.Part part : parts(inText, whole, filter)) {
            AddedToken token = part.token();
            if (token == null) {
                // Places in the normalized text are others: special tokens are found there if all of the part may be
                // one.
                SpecialTokenFilter normalized =
                        filter == AS_TEXT ? AS_TEXT : filter.accepts(part.from(), part.to()) ? ALL : NONE;
                encodeText(new Piece(whole, true).part(part.from(), part.to()), encoder, ids, normalized);
            } else {
                ids.add(token.id());
            }
        }
        encoders.add(encoder);
        return ids.toArray();
    }

    private static List<AddedTokens.Part> parts(AddedTokens tokens, String text, SpecialTokenFilter filter) {
        if (filter != AS_TEXT) {
            return tokens.parts(text, filter);
        }
        return text.isEmpty() ? List.of() : List.of(new AddedTokens.Part(0, text.length(), null));
    }

    private void encodeText(Piece text, PieceModel.Encoder encoder, IntList ids, SpecialTokenFilter filter) {
        Piece normalized = stages.normalizer().normalize(text);
        int[] pieces = {0};
        for (AddedTokens.Part part : parts(inNormalized, normalized.text(), filter)) {
            AddedToken token = part.token();
            if (token == null) {
                stages.preTokenizer().cut(normalized.part(part.from(), part.to()), piece -> {
                    if ((++pieces[0] & CHECK_MASK) == 0) {
                        NanogptInterruptedException.check("encoding");
                    }
                    encoder.encode(piece.text(), ids);
                });
            } else {
                ids.add(token.id());
            }
        }
    }

    /** Halves of surrogate pairs become U+FFFD. */
    private static String withoutHalves(String text) {
        StringBuilder whole = null;
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                whole = whole == null ? new StringBuilder(text) : whole;
                whole.setCharAt(at, '\uFFFD');
            }
            at += Character.charCount(codePoint);
        }
        return whole == null ? text : whole.toString();
    }

    private void refuseSpecials(String text) {
        for (AddedToken token : added) {
            int found = text.indexOf(token.text());
            if (found >= 0) {
                throw SpecialTokenRefusal.of(token.text(), found);
            }
        }
    }

    @Override
    public int[] encode(String text, boolean withSpecialTokens) {
        int[] ids = encode(text);
        return withSpecialTokens ? stages.postProcessor().around(ids) : ids;
    }

    @Override
    public int[] encodePrompt(String text) {
        return stages.postProcessor().beforePrompt(encode(text));
    }

    @Override
    public boolean canEncode(String text) {
        if (stages.model().unknown() != PieceModel.Unknown.REFUSED) {
            return true;
        }
        try {
            encode(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String decode(int... ids) {
        List<String> tokens = new ArrayList<>(ids.length);
        for (int id : ids) {
            tokens.add(token(id));
        }
        return String.join("", stages.decoder().decode(tokens));
    }

    @Override
    public byte[] decodeBytes(int... ids) {
        if (!(stages.decoder() instanceof TokenDecoder.ByteLevel)) {
            return decode(ids).getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(TokenDecoder.ByteLevel.bytes(token(id)));
        }
        return bytes.toByteArray();
    }

    private String token(int id) {
        String addedText = addedTexts.get(id);
        @Nullable String token = addedText == null ? stages.model().vocabulary().token(id) : addedText;
        if (token == null) {
            throw new IllegalArgumentException(
                    id >= 0 && id < vocabularySize
                            ? "the id " + id + " has no token; this vocabulary leaves it out"
                            : "token ids must be from 0 to " + (vocabularySize - 1)
                                    + " for this vocabulary, but one is " + id);
        }
        return token;
    }

    @Override
    public IncrementalDecoder incrementalDecoder() {
        return stages.decoder() instanceof TokenDecoder.ByteLevel
                ? new Utf8Decoder(id -> TokenDecoder.ByteLevel.bytes(token(id)))
                : new PipelineDecoder(stages.decoder(), this::token);
    }

    @Override
    public Map<String, Integer> specialTokens() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        added.forEach(token -> ids.put(token.text(), token.id()));
        return Collections.unmodifiableMap(ids);
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>(origin.notes());
        if (stages.model().unknown() == PieceModel.Unknown.LEFT_OUT) {
            notes.add("characters that the vocabulary lacks are left out of the ids");
        }
        return notes;
    }

    @Override
    public String toJson() {
        return origin.json();
    }

    @Override
    public void save(Path file) {
        TokenizerJson.save(toJson(), file);
    }
}
