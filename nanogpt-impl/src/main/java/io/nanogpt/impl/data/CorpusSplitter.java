package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Cuts a corpus into training and validation text. */
final class CorpusSplitter {
    private CorpusSplitter() {}

    static Corpus.Split split(Corpus corpus, SplitOptions options) {
        List<String> records = corpus.records();
        if (records.stream().allMatch(String::isEmpty)) {
            throw new NanogptException("the corpus is empty: it has " + records.size()
                    + " records and none has a character; expected text to train on");
        }
        return switch (options.unit()) {
            case POSITION -> byPosition(corpus.text(), options);
            case RECORD -> byRecord(records, corpus.separator(), options);
            case DISTINCT_RECORD -> byDistinctRecord(records, corpus.separator(), options);
        };
    }

    private static Corpus.Split byPosition(String text, SplitOptions options) {
        int characters = text.codePointCount(0, text.length());
        int cut = text.offsetByCodePoints(0, cut(characters, options, "characters"));
        return new Corpus.Split(text.substring(0, cut), text.substring(cut));
    }

    private static Corpus.Split byRecord(List<String> records, String separator, SplitOptions options) {
        int cut = cut(records.size(), options, "records");
        return joined(records.subList(0, cut), records.subList(cut, records.size()), separator);
    }

    private static Corpus.Split byDistinctRecord(List<String> records, String separator, SplitOptions options) {
        Set<String> distinct = new LinkedHashSet<>(records);
        int cut = cut(distinct.size(), options, "distinct records");
        Set<String> trained = new LinkedHashSet<>(List.copyOf(distinct).subList(0, cut));
        List<String> train = new ArrayList<>();
        List<String> validation = new ArrayList<>();
        for (String record : records) {
            (trained.contains(record) ? train : validation).add(record);
        }
        return joined(train, validation, separator);
    }

    /** As nanoGPT cuts: {@code int(0.9 * n)}. */
    private static int cut(int count, SplitOptions options, String what) {
        int cut = (int) ((1 - options.validationFraction()) * count);
        if (cut == 0 || cut == count) {
            throw new NanogptException("a corpus of " + count + " " + what
                    + " leaves nothing for " + (cut == 0 ? "training" : "validation") + " at a validation fraction of "
                    + options.validationFraction() + "; use more text or another fraction");
        }
        return cut;
    }

    private static Corpus.Split joined(List<String> train, List<String> validation, String separator) {
        Corpus.Split split = new Corpus.Split(String.join(separator, train), String.join(separator, validation));
        if (split.train().isEmpty() || split.validation().isEmpty()) {
            throw new NanogptException("the " + (split.train().isEmpty() ? "training" : "validation")
                    + " side of the split has only empty records; drop empty records or use another fraction");
        }
        return split;
    }
}
