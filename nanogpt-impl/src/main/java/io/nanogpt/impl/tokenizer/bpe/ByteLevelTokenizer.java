package io.nanogpt.impl.tokenizer.bpe;

import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import io.nanogpt.impl.tokenizer.format.BpeJsonWriter;
import io.nanogpt.impl.tokenizer.format.Gpt2Files;
import io.nanogpt.impl.tokenizer.format.TiktokenFile;
import io.nanogpt.impl.tokenizer.format.TokenizerJson;
import io.nanogpt.impl.tokenizer.pipeline.Origin;
import io.nanogpt.impl.tokenizer.pipeline.PostProcessor;
import io.nanogpt.impl.tokenizer.pipeline.SpecialTokenRefusal;
import io.nanogpt.impl.tokenizer.pretokenize.Splitter;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizer.Format;
import io.nanogpt.tokenizer.Tokenizer.IncrementalDecoder;
import io.nanogpt.tokenizer.Tokenizer.SpecialTokenPolicy;
import io.nanogpt.tokenizer.Tokenizer.TokenStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Byte pair encoding over the bytes of UTF-8. Every text can be encoded. */
public final class ByteLevelTokenizer implements Tokenizer {
    private final BpeModel model;
    private final PairTable pairs;
    private final SpecialTokens specials;
    /** A prototype, of which others are made; never used itself. */
    private final Splitter splitter;
    /** The tokens for decoding, special ones included. */
    private final TokenTable decoding;
    /** Idle encoders; with the busy ones as many as threads ever encoded at once. */
    private final Queue<BpeEncoder> encoders = new ConcurrentLinkedQueue<>();

    private final PostProcessor postProcessor;
    /** The file of which {@link #model} is a part. */
    private final Optional<Origin> origin;

    /** Creates a tokenizer that {@link #model} describes completely. */
    public ByteLevelTokenizer(BpeModel model) {
        this(model, PostProcessor.NONE, Optional.empty());
    }

    /** Creates a tokenizer of a file that has more than a model. */
    public ByteLevelTokenizer(BpeModel model, PostProcessor postProcessor, Origin origin) {
        this(model, postProcessor, Optional.of(origin));
    }

    private ByteLevelTokenizer(BpeModel model, PostProcessor postProcessor, Optional<Origin> origin) {
        this.model = model;
        this.postProcessor = postProcessor;
        this.origin = origin;
        pairs = new PairTable(model.merges());
        specials = new SpecialTokens(model.specialTokens());
        splitter = Splitter.of(model.pattern());
        byte[] @Nullable [] tokens = new byte[model.vocabularySize()][];
        for (int id = 0; id < model.tokens().size(); id++) {
            tokens[id] = model.tokens().contains(id) ? model.tokens().bytes(id) : null;
        }
        for (SpecialToken token : model.specialTokens()) {
            tokens[token.id()] = token.text().getBytes(StandardCharsets.UTF_8);
        }
        decoding = new TokenTable(tokens);
    }

    public BpeModel model() {
        return model;
    }

    @Override
    public int vocabularySize() {
        return decoding.size();
    }

    @Override
    public int[] encode(String text) {
        return encode(text, SpecialTokenPolicy.ALLOW);
    }

    @Override
    public int[] encode(String text, SpecialTokenPolicy policy) {
        BpeEncoder encoder = borrow();
        try {
            run(encoder, text, policy, false);
            return Arrays.copyOf(encoder.ids(), encoder.count());
        } finally {
            giveBack(encoder);
        }
    }

    @Override
    public int[] encode(String text, SpecialTokenFilter filter) {
        IntList ids = new IntList();
        int begin = 0;
        for (int at = 0; at < text.length(); ) {
            SpecialToken found = specialAt(text, at, filter);
            if (found == null) {
                at++;
                continue;
            }
            addText(text.substring(begin, at), ids);
            ids.add(found.id());
            at += found.text().length();
            begin = at;
        }
        addText(text.substring(begin), ids);
        return ids.toArray();
    }

    private @Nullable SpecialToken specialAt(String text, int at, SpecialTokenFilter filter) {
        SpecialToken longest = null;
        for (SpecialToken token : specials.tokens()) {
            int end = at + token.text().length();
            if (text.startsWith(token.text(), at)
                    && (longest == null || end - at > longest.text().length())
                    && (!token.special() || filter.accepts(at, end))) {
                longest = token;
            }
        }
        return longest;
    }

    private void addText(String text, IntList ids) {
        for (int id : text.isEmpty() ? new int[0] : encode(text, SpecialTokenPolicy.AS_TEXT)) {
            ids.add(id);
        }
    }

    @Override
    public int[] encode(String text, boolean withSpecialTokens) {
        int[] ids = encode(text);
        return withSpecialTokens ? postProcessor.around(ids) : ids;
    }

    @Override
    public int[] encodePrompt(String text) {
        return postProcessor.beforePrompt(encode(text));
    }

    @Override
    public int count(String text) {
        BpeEncoder encoder = borrow();
        try {
            return run(encoder, text, SpecialTokenPolicy.ALLOW, true);
        } finally {
            giveBack(encoder);
        }
    }

    /**
     * Encodes block by block and returns the number of ids; keeps only those of the last block if {@code countOnly}.
     */
    private int run(BpeEncoder encoder, String text, SpecialTokenPolicy policy, boolean countOnly) {
        if (policy == SpecialTokenPolicy.REFUSE) {
            refuseSpecials(text);
        }
        encoder.clear();
        int count = 0;
        TextBlocks blocks =
                new TextBlocks(new StringSource(text), "the text", encoder.splitter()::safeCut, specials, false);
        TextBlocks.Block block = new TextBlocks.Block(3L * text.length());
        while (blocks.next(block)) {
            if (countOnly) {
                count += encoder.count();
                encoder.clear();
            }
            encoder.encode(block.bytes, 0, block.length, policy == SpecialTokenPolicy.ALLOW);
        }
        return count + encoder.count();
    }

    private void refuseSpecials(String text) {
        for (SpecialToken token : specials.tokens()) {
            int found = text.indexOf(token.text());
            if (found >= 0) {
                throw SpecialTokenRefusal.of(token.text(), found);
            }
        }
    }

    @Override
    public TokenStream stream(InputStream utf8, int threads) {
        TextBlocks blocks = new TextBlocks(utf8::read, "the text", splitter.another()::safeCut, specials, true);
        return new BlockTokenStream(this::encode, blocks, utf8, threads);
    }

    private void encode(BlockTokenStream.Part part) {
        BpeEncoder encoder = borrow();
        try {
            encoder.clear();
            encoder.encode(part.block.bytes, 0, part.block.length, true);
            part.count = encoder.count();
            part.ids = encoder.exchangeIds(part.ids);
        } finally {
            giveBack(encoder);
        }
    }

    /** Takes an idle encoder or creates one; {@link #giveBack} returns it to {@link #encoders}. */
    private BpeEncoder borrow() {
        BpeEncoder encoder = encoders.poll();
        return encoder == null ? new BpeEncoder(model, specials, pairs, splitter.another()) : encoder;
    }

    private void giveBack(BpeEncoder encoder) {
        encoder.rest();
        encoders.add(encoder);
    }

    @Override
    public String decode(int... ids) {
        byte[] bytes = padded(ids);
        return new String(bytes, 0, bytes.length - Long.BYTES, StandardCharsets.UTF_8);
    }

    @Override
    public byte[] decodeBytes(int... ids) {
        byte[] bytes = padded(ids);
        return Arrays.copyOf(bytes, bytes.length - Long.BYTES);
    }

    private byte[] padded(int[] ids) {
        long length = decoding.length(ids) + Long.BYTES;
        if (length < Long.BYTES) {
            Arrays.stream(ids).forEach(this::checkId);
        }
        if (length > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalArgumentException("the text of " + ids.length + " ids has " + length
                    + " bytes, more than one array holds; decode it in parts");
        }
        byte[] bytes = new byte[(int) length];
        decoding.write(ids, bytes);
        return bytes;
    }

    private void checkId(int id) {
        if (!decoding.contains(id)) {
            throw new IllegalArgumentException(
                    id >= 0 && id < vocabularySize()
                            ? "the id " + id + " has no token; this vocabulary leaves it out"
                            : "token ids must be from 0 to " + (vocabularySize() - 1)
                                    + " for this vocabulary, but one is " + id);
        }
    }

    @Override
    public IncrementalDecoder incrementalDecoder() {
        return new Utf8Decoder(id -> {
            checkId(id);
            return decoding.bytes(id);
        });
    }

    @Override
    public Map<String, Integer> specialTokens() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        specials.tokens().forEach(token -> ids.put(token.text(), token.id()));
        return Collections.unmodifiableMap(ids);
    }

    @Override
    public boolean canEncode(String text) {
        return true;
    }

    @Override
    public String toJson() {
        return origin.map(Origin::json).orElseGet(() -> BpeJsonWriter.text(model));
    }

    @Override
    public List<String> notes() {
        return origin.map(Origin::notes).orElse(List.of());
    }

    @Override
    public void save(Path file) {
        TokenizerJson.save(toJson(), file);
    }

    @Override
    public void save(Path path, Format format) {
        switch (format) {
            case HUGGING_FACE -> save(path);
            case GPT2 -> Gpt2Files.write(model, path);
            case TIKTOKEN -> TiktokenFile.write(model, path);
        }
    }
}
