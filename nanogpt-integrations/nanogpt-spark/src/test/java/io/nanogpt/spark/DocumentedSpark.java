package io.nanogpt.spark;

import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.TokenSource;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.train.Sgd;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The code of docs/spark.md. */
final class DocumentedSpark {
    private DocumentedSpark() {}

    static TokenSource tokens(SparkSession spark) {
        // begin
        SparkNanogpt nano = SparkNanogpt.on(spark);
        Tokenizer bpe = nano.tokenizer()
                .vocabularySize(32_000)
                .specialTokens("<|endoftext|>")
                .trainFiles("hdfs:///corpus/*.txt");
        List<SparkTokenization.TokenFile> written = nano.tokens(bpe).write("hdfs:///corpus/*.txt", "hdfs:///tokens");
        TokenSource ids = nano.openTokens("hdfs:///tokens");
        // end
        return written.isEmpty() ? TokenSource.of() : ids;
    }

    static Dataset<Row> texts(SparkNanogpt nano, Dataset<Row> prompts) {
        // begin
        Dataset<Row> captions = nano.generator(
                        "hdfs:///model",
                        () -> GenerationOptions.temperature(0.7).withTopK(10))
                .transform(prompts, "id", "prompt", "caption");
        // end
        return captions;
    }

    static Pipeline pipeline() {
        // begin
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {
            new NanogptGenerator().setModel("hdfs:///model").setTemperature(0.7).setOutputCol("caption"),
            new NanogptTokenCounter()
                    .setTokenizer("hdfs:///model/tokenizer.json")
                    .setInputCol("caption")
        });
        // end
        return pipeline;
    }

    static List<Run> sweep(SparkNanogpt nano) {
        // begin
        Grid grid = Experiment.grid().vary("learning-rate", 3e-3, 1e-3, 3e-4).seeds(1, 2);
        List<Run> runs = nano.sweep(grid)
                .run(
                        "hdfs:///runs",
                        trial -> GPT.builder()
                                .learningRate(trial.number("learning-rate"))
                                .training(trial::prepare)
                                .train(Corpus.ofCsv(Path.of("/data/captions.csv"), "caption")));
        // end
        return runs;
    }

    static LanguageModel train(SparkNanogpt nano) {
        // begin
        LanguageModel model = nano.training()
                .workers(8)
                .checkpoints("hdfs:///run", 100)
                .train(worker -> GPT.builder()
                        .layers(12)
                        .heads(12)
                        .embeddingSize(768)
                        .contextLength(1024)
                        .training(worker::prepare)
                        .train(Corpus.ofJson(worker.local("hdfs:///captions.json"))));
        // end
        return model;
    }

    static LanguageModel localSteps(SparkNanogpt nano) {
        // begin
        Sgd outer = Sgd.of(0.7).withMomentum(0.9).withNesterov(true);
        LanguageModel model = nano.training()
                .workers(8)
                .localSteps(30, outer)
                .checkpoints("hdfs:///run", 100)
                .train(worker -> GPT.builder()
                        .layers(12)
                        .heads(12)
                        .embeddingSize(768)
                        .contextLength(1024)
                        .training(worker::prepare)
                        .train(Corpus.ofJson(worker.local("hdfs:///captions.json"))));
        // end
        return model;
    }
}
