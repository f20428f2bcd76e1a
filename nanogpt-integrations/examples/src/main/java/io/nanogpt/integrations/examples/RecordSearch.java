package io.nanogpt.integrations.examples;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.CosineSimilarity;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.langchain4j.NanogptEmbeddingModel;
import io.nanogpt.langchain4j.NanogptLanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds the records that are nearest to a text by their embeddings, and has the model go on from the nearest: retrieval and
 * generation with LangChain4j, in one process and with one model. A program with many records would keep the embeddings in
 * an {@code EmbeddingStore}.
 */
public final class RecordSearch {
    private final LanguageModel model;
    private final EmbeddingModel embeddings;
    private final List<String> records;
    private final List<Embedding> vectors;

    /** Embeds the records. */
    public RecordSearch(LanguageModel model, List<String> records) {
        this.model = model;
        this.records = List.copyOf(records);
        embeddings = NanogptEmbeddingModel.of(model);
        vectors = embeddings
                .embedAll(records.stream().map(TextSegment::from).toList())
                .content();
    }

    /** Returns the records that are nearest to a text, the nearest first. */
    public List<String> nearest(String text, int count) {
        Embedding searched = embeddings.embed(text).content();
        double[] similarity = vectors.stream()
                .mapToDouble(vector -> CosineSimilarity.between(searched, vector))
                .toArray();
        return IntStream.range(0, similarity.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -similarity[i]))
                .limit(count)
                .map(records::get)
                .toList();
    }

    /** Returns what the model writes after the nearest record and the text. */
    public String generate(String text) {
        GenerationOptions options =
                GenerationOptions.temperature(0.5).withSeed(1).withMaxTokens(80);
        return NanogptLanguageModel.of(model, options)
                .generate(nearest(text, 1).get(0) + "\n" + text)
                .content();
    }

    /**
     * Trains a model on the lines of a file for ten seconds, and searches them.
     *
     * @param arguments the file, and a text
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("give a file with a record on each line, and a text to search for");
        }
        List<String> records = Files.readAllLines(Path.of(arguments[0]));
        try (LanguageModel model = GPT.builder().budget(Duration.ofSeconds(10)).train(Corpus.ofStrings(records))) {
            RecordSearch search = new RecordSearch(model, records);
            search.nearest(arguments[1], 3).forEach(System.out::println);
            System.out.println(arguments[1] + search.generate(arguments[1]));
        }
    }
}
