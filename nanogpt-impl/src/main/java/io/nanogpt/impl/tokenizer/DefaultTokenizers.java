package io.nanogpt.impl.tokenizer;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.impl.files.Utf8Files;
import io.nanogpt.impl.tokenizer.bpe.BpeTrainer;
import io.nanogpt.impl.tokenizer.bpe.ByteLevelTokenizer;
import io.nanogpt.impl.tokenizer.bpe.CountedWords;
import io.nanogpt.impl.tokenizer.bpe.PretokenCounter;
import io.nanogpt.impl.tokenizer.bpe.PretokenCounts;
import io.nanogpt.impl.tokenizer.bpe.SpecialTokens.SpecialToken;
import io.nanogpt.impl.tokenizer.character.CharacterBpeTokenizer;
import io.nanogpt.impl.tokenizer.character.CharacterTokenizer;
import io.nanogpt.impl.tokenizer.character.WordTokenizer;
import io.nanogpt.impl.tokenizer.format.Gpt2Files;
import io.nanogpt.impl.tokenizer.format.Gpt2Folder;
import io.nanogpt.impl.tokenizer.format.TiktokenFile;
import io.nanogpt.impl.tokenizer.format.TokenizerFiles;
import io.nanogpt.impl.tokenizer.pretokenize.KnownPatterns;
import io.nanogpt.spi.TokenizerProvider;
import io.nanogpt.tokenizer.ByteLevelBpeConfig;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers.BpeTrainingListener;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import io.nanogpt.tokenizer.WordCounts;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The tokenizers behind {@link io.nanogpt.tokenizer.Tokenizers}. */
public final class DefaultTokenizers implements TokenizerProvider {
    private static final String JSON = "tokenizer.json";

    @Override
    public Tokenizer characters(Corpus corpus, UnknownCharacters unknown) {
        corpus.requireText();
        return CharacterTokenizer.train(corpus.text(), unknown);
    }

    @Override
    public Tokenizer characterBpe(Corpus corpus, int vocabularySize) {
        corpus.requireText();
        return CharacterBpeTokenizer.train(corpus.text(), vocabularySize);
    }

    @Override
    public Tokenizer words(Corpus corpus, int vocabularySize, int minimumFrequency) {
        corpus.requireText();
        return WordTokenizer.trainWords(corpus.text(), vocabularySize, minimumFrequency);
    }

    @Override
    public Tokenizer integers(Corpus corpus) {
        corpus.requireText();
        return WordTokenizer.trainIntegers(corpus.text());
    }

    @Override
    public Tokenizer byteLevelBpe(ByteLevelBpeConfig config, Corpus corpus, int threads, BpeTrainingListener listener) {
        corpus.requireText();
        List<String> records = corpus.records();
        String separator = corpus.separator();
        PretokenCounter.Text text = new PretokenCounter.Text("the corpus", () -> new RecordStream(records, separator));
        return train(config, List.of(text), threads, listener);
    }

    @Override
    public Tokenizer byteLevelBpe(
            ByteLevelBpeConfig config, List<Path> files, int threads, BpeTrainingListener listener) {
        List<PretokenCounter.Text> texts = new ArrayList<>();
        for (Path file : files) {
            texts.add(new PretokenCounter.Text(file.toString(), () -> open(file)));
        }
        return train(config, texts, threads, listener);
    }

    private static InputStream open(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new NanogptException("cannot read " + file + ": it is a folder, and a file was expected");
            }
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw Utf8Files.unreadable(file, e);
        }
    }

    @Override
    public Tokenizer byteLevelBpe(ByteLevelBpeConfig config, WordCounts counts, BpeTrainingListener listener) {
        KnownPatterns.forHuggingFace(config.pattern());
        return train(config, ((CountedWords) counts).counts(), listener);
    }

    @Override
    public WordCounts count(ByteLevelBpeConfig config, InputStream utf8, int threads, BpeTrainingListener listener) {
        PretokenCounter.Text text = new PretokenCounter.Text("the text", () -> new FilterInputStream(utf8) {
            @Override
            public void close() {} // It is the caller's.
        });
        return CountedWords.of(count(config, List.of(text), threads, listener));
    }

    @Override
    public WordCounts wordCounts() {
        return new CountedWords();
    }

    @Override
    public WordCounts readWordCounts(InputStream in) throws IOException {
        return CountedWords.read(in);
    }

    private static Tokenizer train(
            ByteLevelBpeConfig config, List<PretokenCounter.Text> texts, int threads, BpeTrainingListener listener) {
        KnownPatterns.forHuggingFace(config.pattern()); // A tokenizer that cannot be saved is not trained.
        PretokenCounts counts = count(config, texts, threads, listener);
        if (counts.isEmpty()) {
            throw new IllegalArgumentException("the corpus is empty: "
                    + texts.stream().map(PretokenCounter.Text::name).collect(Collectors.joining(", "))
                    + (texts.size() == 1 ? " has" : " have")
                    + " no text to learn from; check the path and the file's content");
        }
        return train(config, counts, listener);
    }

    private static Tokenizer train(ByteLevelBpeConfig config, PretokenCounts counts, BpeTrainingListener listener) {
        return new ByteLevelTokenizer(BpeTrainer.train(counts, config, listener));
    }

    private static PretokenCounts count(
            ByteLevelBpeConfig config, List<PretokenCounter.Text> texts, int threads, BpeTrainingListener listener) {
        List<SpecialToken> specials = new ArrayList<>();
        for (String token : config.specialTokens()) {
            specials.add(new SpecialToken(token, specials.size(), true));
        }
        return PretokenCounter.count(
                texts, new PretokenCounter.Settings(config.pattern(), specials, threads, listener));
    }

    @Override
    public Tokenizer load(Path path) {
        if (!Files.isDirectory(path)) {
            return TiktokenFile.isOne(path) ? TiktokenFile.read(path) : TokenizerFiles.load(path);
        }
        if (Files.exists(path.resolve(JSON))) {
            return TokenizerFiles.load(path.resolve(JSON));
        }
        Path vocabulary = path.resolve(Gpt2Files.VOCABULARY);
        Path merges = path.resolve(Gpt2Files.MERGES);
        if (!Files.exists(vocabulary) || !Files.exists(merges)) {
            throw new NanogptException(path + " holds no tokenizer: neither " + JSON + " nor " + Gpt2Files.VOCABULARY
                    + " and " + Gpt2Files.MERGES);
        }
        return Gpt2Folder.read(path);
    }

    @Override
    public Tokenizer loadTiktoken(Path file, SplitPattern pattern, Map<String, Integer> specialTokens) {
        return TiktokenFile.read(file, pattern, specialTokens);
    }

    @Override
    public Tokenizer loadGpt2(Path vocabulary, Path merges, SplitPattern pattern, List<String> specialTokens) {
        return Gpt2Files.read(vocabulary, merges, pattern, specialTokens);
    }

    /** The records of a corpus and their separators in UTF-8, one at a time. */
    private static final class RecordStream extends InputStream {
        private final List<String> records;
        private final byte[] separator;
        private ByteArrayInputStream current = new ByteArrayInputStream(new byte[0]);
        private int position;

        RecordStream(List<String> records, String separator) {
            this.records = records;
            this.separator = separator.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            int count = current.read(buffer, offset, length);
            while (count < 0 && position < 2 * records.size() - 1) {
                byte[] next = position % 2 == 1
                        ? separator
                        : records.get(position / 2).getBytes(StandardCharsets.UTF_8);
                current = new ByteArrayInputStream(next);
                position++;
                count = current.read(buffer, offset, length);
            }
            return count;
        }
    }
}
