package io.nanogpt.impl.interop;

import io.nanogpt.NanogptException;
import io.nanogpt.impl.files.AtomicFiles;
import io.nanogpt.impl.ngram.NgramLevel;
import io.nanogpt.impl.ngram.NgramModel;
import io.nanogpt.model.Architecture;
import io.nanogpt.spi.ParameterSource;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code ngrams.bin}: the counts of an n-gram model. After eight bytes that name the format come numbers of seven bits a
 * byte, low bits first, the highest bit set in all bytes of a number but the last: the vocabulary size, the order, and for
 * each length the number of n-grams, the number of children of each shorter one, and for each n-gram the distance of its
 * last token from the one before it among its siblings, or from -1, less 1, and its count. Before the counts are texts by
 * key, their number first, each text in UTF-8 after its length.
 *
 * @param model to be written
 */
public record NgramFile(NgramModel model) implements WeightFiles {
    static final String NAME = "ngrams.bin";
    private static final byte[] MAGIC = "NGRAMS1\n".getBytes(StandardCharsets.US_ASCII);
    /** A token and a count take at least a byte each. */
    private static final int FEWEST_BYTES = 2;

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public String size(Architecture architecture) {
        return String.format(Locale.ROOT, "%,d counted n-grams of up to %d tokens", model.size(), model.order());
    }

    @Override
    public Optional<ParameterSource> source() {
        return Optional.empty();
    }

    /**
     * The content of a file.
     *
     * @param model the counts
     * @param metadata texts by key
     */
    record Content(NgramModel model, Map<String, String> metadata) {}

    @Override
    public void write(Path folder, Map<String, String> metadata) {
        AtomicFiles.write(folder.resolve(NAME), file -> {
            // Not closed: the file is synced after its content is complete.
            OutputStream out = new BufferedOutputStream(file, 1 << 16);
            out.write(MAGIC);
            write(out, metadata.size());
            for (Map.Entry<String, String> text : new TreeMap<>(metadata).entrySet()) {
                write(out, text.getKey());
                write(out, text.getValue());
            }
            write(out, model.vocabulary());
            write(out, model.order());
            for (NgramLevel level : model.levels()) {
                write(out, level);
            }
            out.flush();
        });
    }

    private static void write(OutputStream out, NgramLevel level) throws IOException {
        write(out, level.size());
        int parents = level.first().length - 1;
        for (int parent = 0; parent < parents; parent++) {
            write(out, level.first()[parent + 1] - level.first()[parent]);
        }
        for (int parent = 0; parent < parents; parent++) {
            int previous = -1;
            for (int child = level.first()[parent]; child < level.first()[parent + 1]; child++) {
                write(out, level.tokens()[child] - previous - 1);
                write(out, level.counts()[child]);
                previous = level.tokens()[child];
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(out, bytes.length);
        out.write(bytes);
    }

    private static void write(OutputStream out, int number) throws IOException {
        int rest = number;
        while (rest > 0x7f) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    /**
     * Reads the counts of a saved model.
     *
     * @throws NanogptException if the file is missing or broken, or is not of this order and vocabulary
     */
    static Content read(Path path, int order, int vocabulary) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
            return new Reader(path, in, Files.size(path)).content(order, vocabulary);
        } catch (NoSuchFileException e) {
            throw new NanogptException(path + " does not exist, but config.json is of an n-gram model", e);
        } catch (EOFException e) {
            throw new NanogptException(path + " is truncated; copy it again", e);
        } catch (IOException e) {
            throw new NanogptException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String usage() {
        return """
            ```java
            // Dependency: io.nanogpt:nanogpt-impl
            try (LanguageModel model = LanguageModel.load(Path.of("this-folder"))) {
                System.out.println(model.generate("a prompt", GenerationOptions.temperature(0.7)));
            }
            ```

            `ngrams.bin` holds the counts.
            """;
    }

    private static final class Reader {
        private final Path path;
        private final InputStream in;
        private final long bytes;

        Reader(Path path, InputStream in, long bytes) {
            this.path = path;
            this.in = in;
            this.bytes = bytes;
        }

        Content content(int order, int vocabulary) throws IOException {
            require(Arrays.equals(in.readNBytes(MAGIC.length), MAGIC), "it does not begin as such a file does");
            Map<String, String> metadata = new TreeMap<>();
            for (int texts = number(); texts > 0; texts--) {
                metadata.put(text(), text());
            }
            return new Content(model(order, vocabulary), metadata);
        }

        private String text() throws IOException {
            int length = number();
            require(length <= bytes, "it has a text of " + length + " bytes, more than it has itself");
            byte[] text = in.readNBytes(length);
            require(text.length == length, "it ends within a text");
            return new String(text, StandardCharsets.UTF_8);
        }

        private NgramModel model(int order, int vocabulary) throws IOException {
            int ids = number();
            int longest = number();
            require(
                    ids == vocabulary && longest == order,
                    "it is of order " + longest + " and a vocabulary of " + ids + ", but config.json of order " + order
                            + " and a vocabulary of " + vocabulary);
            List<NgramLevel> levels = new ArrayList<>();
            int parents = 1;
            for (int length = 1; length <= order; length++) {
                NgramLevel level = level(parents, vocabulary);
                levels.add(level);
                parents = level.size();
            }
            require(in.read() < 0, "bytes follow its end");
            try {
                return new NgramModel(vocabulary, levels);
            } catch (IllegalArgumentException e) {
                throw broken(String.valueOf(e.getMessage()));
            }
        }

        private NgramLevel level(int parents, int vocabulary) throws IOException {
            int size = number();
            require(
                    (long) size * FEWEST_BYTES <= bytes,
                    "it should have " + size + " n-grams, more than bytes for them");
            int[] first = new int[parents + 1];
            for (int parent = 0; parent < parents; parent++) {
                long end = (long) first[parent] + number();
                require(end <= size, "its n-grams have more children than it has n-grams");
                first[parent + 1] = (int) end;
            }
            require(first[parents] == size, "some of its n-grams have no shorter one that they continue");
            int[] tokens = new int[size];
            int[] counts = new int[size];
            for (int parent = 0; parent < parents; parent++) {
                long token = -1;
                for (int child = first[parent]; child < first[parent + 1]; child++) {
                    token += 1L + number();
                    require(token < vocabulary, "it has the id " + token + ", beyond the vocabulary");
                    tokens[child] = (int) token;
                    counts[child] = number();
                    require(counts[child] > 0, "it has a count of 0");
                }
            }
            return new NgramLevel(tokens, counts, first);
        }

        private int number() throws IOException {
            long number = 0;
            for (int shift = 0; shift <= 28; shift += 7) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException();
                }
                number |= (long) (next & 0x7f) << shift;
                if (next <= 0x7f) {
                    require(number <= Integer.MAX_VALUE, "it has a number above " + Integer.MAX_VALUE);
                    return (int) number;
                }
            }
            throw broken("it has a number of more than five bytes");
        }

        private void require(boolean condition, String otherwise) {
            if (!condition) {
                throw broken(otherwise);
            }
        }

        private NanogptException broken(String reason) {
            return new NanogptException(
                    path + " does not hold the counts of an n-gram model: " + reason + "; copy it again");
        }
    }
}
