package io.nanogpt.impl.data;

import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.SplitOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Cuts a corpus into texts for training, validation and test. */
final class CorpusSplitter {
    private static final String[] PARTS = {"training", "validation", "test"};

    private CorpusSplitter() {}

    static Corpus.Split split(Corpus corpus, SplitOptions options) {
        List<String> records = corpus.requireText().records();
        return switch (options.unit()) {
            case POSITION -> byPosition(corpus.text(), options);
            case RECORD -> byRecord(records, corpus.separator(), options);
            case DISTINCT_RECORD -> byDistinctRecord(records, corpus.separator(), options);
        };
    }

    private static Corpus.Split byPosition(String text, SplitOptions options) {
        int[] ends = ends(text.codePointCount(0, text.length()), options, "characters");
        int train = text.offsetByCodePoints(0, ends[0]);
        int validation = text.offsetByCodePoints(train, ends[1] - ends[0]);
        return new Corpus.Split(
                text.substring(0, train), text.substring(train, validation), text.substring(validation));
    }

    private static Corpus.Split byRecord(List<String> records, String separator, SplitOptions options) {
        int[] ends = ends(records.size(), options, "records");
        List<List<String>> parts = new ArrayList<>();
        int from = 0;
        for (int end : ends) {
            parts.add(records.subList(from, end));
            from = end;
        }
        return joined(parts, separator);
    }

    private static Corpus.Split byDistinctRecord(List<String> records, String separator, SplitOptions options) {
        List<String> distinct = List.copyOf(new LinkedHashSet<>(records));
        int[] ends = ends(distinct.size(), options, "distinct records");
        Map<String, Integer> partOf = new HashMap<>();
        for (int i = 0, part = 0; i < distinct.size(); i++) {
            while (i == ends[part]) {
                part++;
            }
            partOf.put(distinct.get(i), part);
        }
        List<List<String>> parts = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (String record : records) {
            Integer part = partOf.get(record);
            if (part != null) {
                parts.get(part).add(record);
            }
        }
        return joined(parts, separator);
    }

    /** The ends of the three parts, rounded as in nanoGPT: {@code int(0.9 * n)}. */
    private static int[] ends(int count, SplitOptions options, String what) {
        double test = options.testFraction();
        int train = (int) ((1 - options.validationFraction() - test) * count);
        int validation = (int) ((1 - test) * count);
        int empty = train == 0 ? 0 : validation == train ? 1 : test > 0 && validation == count ? 2 : -1;
        if (empty >= 0) {
            throw new NanogptException("a corpus of " + count + " " + what + " leaves nothing for " + PARTS[empty]
                    + " at a validation fraction of " + options.validationFraction()
                    + (test > 0 ? " and a test fraction of " + test : "") + "; use more text or another fraction");
        }
        return new int[] {train, validation, count};
    }

    private static Corpus.Split joined(List<List<String>> parts, String separator) {
        String[] texts = new String[PARTS.length];
        for (int part = 0; part < texts.length; part++) {
            texts[part] = String.join(separator, parts.get(part));
            if (texts[part].isEmpty() && !parts.get(part).isEmpty()) {
                throw new NanogptException("the " + PARTS[part]
                        + " side of the split has only empty records; drop empty records or use another fraction");
            }
        }
        return new Corpus.Split(texts[0], texts[1], texts[2]);
    }
}
