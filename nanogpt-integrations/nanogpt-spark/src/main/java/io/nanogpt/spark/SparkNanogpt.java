package io.nanogpt.spark;

import io.nanogpt.data.TokenSource;
import io.nanogpt.experiment.Grid;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.tokenizer.Tokenizer;
import java.util.Objects;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The library on a cluster: what one machine gives, byte for byte, from many.
 *
 * <pre>{@code
 * SparkNanogpt nano = SparkNanogpt.on(spark);
 * Tokenizer bpe = nano.tokenizer().vocabularySize(32_000).specialTokens("<|endoftext|>").trainFiles("hdfs:///corpus/*.txt");
 * nano.tokens(bpe).write("hdfs:///corpus/*.txt", "hdfs:///tokens");
 * Dataset<Row> captions = nano.generator("hdfs:///model", () -> GenerationOptions.temperature(0.7))
 *         .transform(prompts, "id", "prompt", "caption");
 * }</pre>
 *
 * <p>The machines need the jars of this library and its own JVM options: {@code --add-modules jdk.incubator.vector} in
 * {@code spark.executor.extraJavaOptions}.
 */
public final class SparkNanogpt {
    private final SparkSession spark;
    private final JavaSparkContext context;
    private final RemoteFiles files;

    private SparkNanogpt(SparkSession spark) {
        this.spark = spark;
        context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        files = new RemoteFiles(context.hadoopConfiguration());
    }

    /** Returns the library on the cluster of a session. */
    public static SparkNanogpt on(SparkSession spark) {
        return new SparkNanogpt(Objects.requireNonNull(spark, "spark"));
    }

    /** Returns the session. */
    public SparkSession session() {
        return spark;
    }

    /** Returns the training of a byte-level BPE tokenizer, with the defaults of one machine. */
    public SparkTokenizerTraining tokenizer() {
        return new SparkTokenizerTraining(context, files);
    }

    /** Returns the conversion of text files into token files. */
    public SparkTokenization tokens(Tokenizer tokenizer) {
        return new SparkTokenization(context, files, Objects.requireNonNull(tokenizer, "tokenizer"));
    }

    /**
     * Copies token files that {@link #tokens} wrote to this machine, and opens them one after another. The copies last as long as
     * the process.
     *
     * @param folder absolute URI
     */
    public TokenSource openTokens(String folder) {
        return SparkTokenization.open(files, folder);
    }

    /**
     * Returns the generation of texts by the model of a folder that {@code LanguageModel.save} wrote.
     *
     * @param model absolute URI of the folder of the model
     * @param options makes the options of generation; a row's seed is {@code options.seed()} plus its id
     */
    public SparkGenerator generator(String model, SparkSupplier<GenerationOptions> options) {
        return new SparkGenerator(
                files,
                RemoteFiles.requireAbsolute("the folder of the model", model),
                Objects.requireNonNull(options, "options"));
    }

    /** Returns the run of a grid, a task for each of its runs. */
    public SparkSweep sweep(Grid grid) {
        return new SparkSweep(context, files, Objects.requireNonNull(grid, "grid"));
    }

    /** Returns the training of one model by several workers. */
    public SparkTraining training() {
        return new SparkTraining(context, files);
    }
}
