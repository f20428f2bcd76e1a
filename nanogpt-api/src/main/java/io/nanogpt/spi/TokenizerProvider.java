package io.nanogpt.spi;

import io.nanogpt.data.Corpus;
import io.nanogpt.tokenizer.ByteLevelBpeConfig;
import io.nanogpt.tokenizer.SplitPattern;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.tokenizer.Tokenizers.BpeTrainingListener;
import io.nanogpt.tokenizer.Tokenizers.UnknownCharacters;
import io.nanogpt.tokenizer.WordCounts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Trains and reads the tokenizers of {@link Tokenizers}. */
public interface TokenizerProvider {
    /** Returns a tokenizer with one id per distinct code point of the corpus. */
    Tokenizer characters(Corpus corpus, UnknownCharacters unknown);

    /** Trains a character BPE tokenizer. */
    Tokenizer characterBpe(Corpus corpus, int vocabularySize);

    /** Returns a tokenizer with one id per frequent word. */
    Tokenizer words(Corpus corpus, int vocabularySize, int minimumFrequency);

    /** Returns a tokenizer with one id per distinct integer. */
    Tokenizer integers(Corpus corpus);

    /** Trains a byte-level BPE tokenizer on a corpus in memory. */
    Tokenizer byteLevelBpe(ByteLevelBpeConfig config, Corpus corpus, int threads, BpeTrainingListener listener);

    /** Trains a byte-level BPE tokenizer on files, which are read as streams. */
    Tokenizer byteLevelBpe(ByteLevelBpeConfig config, List<Path> files, int threads, BpeTrainingListener listener);

    /** Trains a byte-level BPE tokenizer on counted pre-tokens. */
    Tokenizer byteLevelBpe(ByteLevelBpeConfig config, WordCounts counts, BpeTrainingListener listener);

    /** Counts the pre-tokens of a UTF-8 text. */
    WordCounts count(ByteLevelBpeConfig config, InputStream utf8, int threads, BpeTrainingListener listener);

    /** Returns counts of no text. */
    WordCounts wordCounts();

    /** Reads counts that {@link WordCounts#write} wrote. */
    WordCounts readWordCounts(InputStream in) throws IOException;

    /** Reads a tokenizer from a file or folder, whose format follows from its name and content. */
    Tokenizer load(Path path);

    /** Reads a {@code .tiktoken} file of ranks. */
    Tokenizer loadTiktoken(Path file, SplitPattern pattern, Map<String, Integer> specialTokens);

    /** Reads the {@code vocab.json} and {@code merges.txt} of GPT-2. */
    Tokenizer loadGpt2(Path vocabulary, Path merges, SplitPattern pattern, List<String> specialTokens);
}
