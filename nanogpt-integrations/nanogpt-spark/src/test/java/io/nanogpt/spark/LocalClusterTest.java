package io.nanogpt.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.json.PackageVersion;
import io.nanogpt.GPT;
import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.data.Corpus;
import io.nanogpt.data.TokenSource;
import io.nanogpt.data.Tokenization;
import io.nanogpt.experiment.Experiment;
import io.nanogpt.experiment.Grid;
import io.nanogpt.experiment.Run;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.tokenizer.Tokenizer;
import io.nanogpt.tokenizer.Tokenizers;
import io.nanogpt.train.LocalSteps;
import io.nanogpt.train.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two executors, each a process of its own. */
@Timeout(600)
class LocalClusterTest {
    private static final String TEXT = "the quick brown fox jumps over the lazy dog; ".repeat(40);

    @TempDir
    private static Path folder;

    private static SparkSession spark;
    private static SparkNanogpt nano;

    @BeforeAll
    static void start() {
        spark = TestCluster.start("local-cluster[2,1,1024]");
        nano = SparkNanogpt.on(spark);
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static String uri(String name) {
        return folder.toUri() + name;
    }

    private static void requireSame(Path file, Path other) {
        assertThat(file).hasSameBinaryContentAs(other);
    }

    // ---- training

    private static GPT.Builder settings() {
        return GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .dropout(0.1)
                .accumulate(4)
                .batchSize(3)
                .gradientClip(0.1)
                .schedule(Schedule.cosine(5, 0.1))
                .steps(30)
                .evaluateEvery(10)
                .evaluationBatches(2);
    }

    private static Path alone() {
        Path saved = folder.resolve("alone");
        if (!Files.exists(saved)) {
            try (LanguageModel model = settings().train(Corpus.ofText(TEXT))) {
                model.save(saved);
            }
        }
        return saved.resolve("model.safetensors");
    }

    /** Ends the process of worker 0 once, after a step. */
    private static LanguageModel killed(Worker worker, Path mark, int step) {
        return settings()
                .training(worker::prepare)
                .listener(new Killer(worker.rank() == 0 ? mark : null, step))
                .train(Corpus.ofText(TEXT));
    }

    @Test
    void oneAndTwoWorkersTrainTheModelOfOneMachine() {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        context.setJobGroup("mine", "of the caller");
        for (int workers : new int[] {1, 2}) {
            SparkTraining training =
                    nano.training().workers(workers).shards(4).checkpoints(uri("trained-" + workers), 10);
            try (LanguageModel model = training.train(
                    worker -> settings().training(worker::prepare).train(Corpus.ofText(TEXT)))) {
                assertThat(model.report().orElseThrow().steps()).isEqualTo(30);
            }
            requireSame(folder.resolve("trained-" + workers + "/model/model.safetensors"), alone());
            assertThat(folder.resolve("trained-" + workers + "/step-00000030")).isDirectory();
            assertThat(training.statistics())
                    .extracting(ExchangeStatistics::steps)
                    .containsExactly(workers == 1 ? new Long[] {30L} : new Long[] {30L, 30L});
        }
        assertThat(context.getLocalProperty("spark.jobGroup.id")).isEqualTo("mine");
        assertThat(context.getLocalProperty("spark.job.description")).isEqualTo("of the caller");
        context.clearJobGroup();
    }

    @Test
    void aKilledWorkerIsReplacedAndTheResultIsTheSame() {
        for (int step : new int[] {5, 17}) { // Before the first checkpoint, and after it.
            Path mark = folder.resolve("killed-" + step);
            String marked = mark.toString();
            nano.training()
                    .workers(2)
                    .shards(4)
                    .checkpoints(uri("killed-run-" + step), 10)
                    .train(worker -> killed(worker, Path.of(marked), step))
                    .close();
            assertThat(mark).exists();
            requireSame(folder.resolve("killed-run-" + step + "/model/model.safetensors"), alone());
        }
    }

    /** Two workers of which one is killed, and one worker that continues what they began. */
    @Test
    void localStepsGiveTheModelOfOneMachine() {
        GPT.Builder recipe = settings()
                .schedule(Schedule.constant())
                .localSteps(LocalSteps.defaults().withEvery(7));
        try (LanguageModel model = recipe.train(Corpus.ofText(TEXT))) {
            model.save(folder.resolve("alone-local"));
        }
        Path mark = folder.resolve("killed-local");
        String marked = mark.toString();
        SparkTraining two = nano.training().workers(2).shards(4).localSteps(7).checkpoints(uri("local"), 10);
        two.train(worker -> settings()
                        .schedule(Schedule.constant())
                        .steps(21)
                        .training(worker::prepare)
                        .listener(new Killer(worker.rank() == 0 ? Path.of(marked) : null, 17))
                        .train(Corpus.ofText(TEXT)))
                .close();
        assertThat(mark).exists();
        assertThat(folder.resolve("local/step-00000021/replica-1.safetensors")).exists();
        assertThat(folder.resolve("local/replicas/step-00000021/replica-3.safetensors"))
                .exists();
        SparkTraining one = nano.training().workers(1).shards(4).localSteps(7).checkpoints(uri("local"), 10);
        one.train(worker -> settings()
                        .schedule(Schedule.constant())
                        .training(worker::prepare)
                        .train(Corpus.ofText(TEXT)))
                .close();
        assertThat(one.statistics()).extracting(ExchangeStatistics::steps).containsOnly(2L); // Of steps 28 and 30.
        requireSame(folder.resolve("local/model/model.safetensors"), folder.resolve("alone-local/model.safetensors"));
    }

    @Test
    void aFolderOfOtherReplicasIsRefused() throws IOException {
        SparkFunction<Worker, LanguageModel> recipe =
                worker -> settings().training(worker::prepare).train(Corpus.ofText(TEXT));
        Files.createDirectories(folder.resolve("exact/step-00000010"));
        assertThatThrownBy(() -> nano.training()
                        .workers(1)
                        .localSteps(7)
                        .checkpoints(uri("exact"), 10)
                        .train(recipe))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("without local steps", "another folder");
        Files.createDirectories(folder.resolve("eight/replicas"));
        Files.createFile(folder.resolve("eight/replicas/of-8"));
        assertThatThrownBy(() -> nano.training()
                        .workers(1)
                        .shards(4)
                        .localSteps(7)
                        .checkpoints(uri("eight"), 10)
                        .train(recipe))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("with 8 shards", "this one has 4");
    }

    @Test
    void anErrorOfARecipeIsThrownAtOnce() {
        assertThatThrownBy(() -> nano.training()
                        .workers(2)
                        .checkpoints(uri("failed"), 10)
                        .train(worker -> settings()
                                .training(worker::prepare)
                                .learningRate(0.001 * (1 + worker.rank()))
                                .train(Corpus.ofText(TEXT))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("different settings", "learning-rate");
        Corpus corpus = Corpus.ofText(TEXT);
        assertThatThrownBy(() -> nano.training()
                        .workers(2)
                        .checkpoints(uri("captured"), 10)
                        .train(worker -> settings().training(worker::prepare).train(corpus)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("not serializable", "io.nanogpt.data.Corpus");
    }

    @Test
    void whatCannotWorkIsRefused() {
        SparkTraining training = nano.training();
        assertThatThrownBy(() -> training.checkpoints("relative/folder", 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("absolute URI", "relative/folder", "hdfs:///");
        assertThatThrownBy(() -> training.workers(3)
                        .checkpoints(uri("slots"), 10)
                        .train(worker -> settings().train(Corpus.ofText(TEXT))))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("3 workers", "slots for 2", "maxRegisteredResourcesWaitingTime");
        assertThatThrownBy(() -> nano.training()
                        .workers(2)
                        .checkpoints(uri("unprepared"), 10)
                        .train(worker -> settings().train(Corpus.ofText(TEXT))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("training(worker::prepare)");
        assertThatThrownBy(() -> nano.generator("models/one", GenerationOptions::greedy))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absolute URI");
        assertThatThrownBy(() -> nano.tokenizer().trainFiles(uri("nothing/*.txt")))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("there is no file");
        assertThatThrownBy(() -> nano.generator(uri("nothing"), GenerationOptions::greedy)
                        .transform(prompts(1), "id", "prompt", "text"))
                .isInstanceOf(NanogptException.class)
                .hasMessageContainingAll("there is no model in", "nothing", "LanguageModel.save");
    }

    @Test
    void urisThatMachinesCannotOpenAreRefused() {
        for (String uri : List.of("tokens", "/tokens", "file:tokens", "C:\\tokens", "a:b:c", " ")) {
            assertThatThrownBy(() -> nano.openTokens(uri))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("must be an absolute URI", "\"" + uri + "\"");
        }
        for (String uri : List.of("s3a://bucket/tokens", "nothing://host/tokens")) {
            assertThatThrownBy(() -> nano.openTokens(uri))
                    .isInstanceOf(NanogptException.class)
                    .hasMessageContainingAll("cannot open the file system of " + uri, "jars of that file system");
        }
    }

    // ---- tokens

    @Test
    void tokenizerAndTokensAreThoseOfOneMachine() throws IOException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        List<Path> texts = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String text = TEXT.replace("fox", "fox" + i).repeat(1 + i) + "<|endoftext|>";
            texts.add(Files.writeString(corpus.resolve("part-" + i + ".txt"), text));
        }
        Tokenizer bpe = nano.tokenizer()
                .vocabularySize(300)
                .specialTokens("<|endoftext|>")
                .trainFiles(uri("corpus/") + "*.txt");
        assertThat(bpe.toJson())
                .isEqualTo(Tokenizers.byteLevelBpe()
                        .vocabularySize(300)
                        .specialTokens("<|endoftext|>")
                        .train(texts.toArray(new Path[0]))
                        .toJson());

        List<SparkTokenization.TokenFile> written = nano.tokens(bpe).write(uri("corpus/") + "*.txt", uri("tokens"));
        assertThat(written).hasSize(5);
        List<TokenSource> local = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Path tokens = folder.resolve("local-" + i + ".bin");
            Tokenization.with(bpe).write(texts.get(i), tokens);
            requireSame(folder.resolve("tokens/00000" + i + "-part-" + i + ".txt.bin"), tokens);
            assertThat(written.get(i).tokens())
                    .isEqualTo(TokenSource.open(tokens).size());
            local.add(TokenSource.open(tokens));
        }
        assertThat(ids(nano.openTokens(uri("tokens")))).isEqualTo(ids(TokenSource.concat(local)));

        // Again, over what is there; but not beside what is of other texts.
        assertThat(nano.tokens(bpe).write(uri("corpus/") + "*.txt", uri("tokens")))
                .isEqualTo(written);
        assertThatThrownBy(() -> nano.tokens(bpe).write(uri("corpus/") + "part-0.txt", uri("tokens")))
                .isInstanceOf(NanogptException.class)
                .hasMessageContaining("not of these texts");
    }

    private static List<Integer> ids(TokenSource source) {
        int[] ids = new int[Math.toIntExact(source.size())];
        source.copy(0, ids, 0, ids.length);
        return IntStream.of(ids).boxed().toList();
    }

    // ---- generation

    private static Dataset<Row> prompts(int count) {
        StructType schema = new StructType().add("id", DataTypes.LongType).add("prompt", DataTypes.StringType);
        List<Row> rows = IntStream.range(0, count)
                .mapToObj(i -> RowFactory.create(
                        (long) i, i == 3 ? null : List.of("the", "fox", "over").get(i % 3)))
                .toList();
        return spark.createDataFrame(rows, schema);
    }

    @Test
    void textsDependOnPromptAndIdAlone() {
        Path model = alone().getParent();
        GenerationOptions options = GenerationOptions.temperature(0.9).withMaxTokens(12);
        List<String> expected = new ArrayList<>();
        try (LanguageModel one = LanguageModel.load(model)) {
            for (Row row : prompts(40).collectAsList()) {
                expected.add(
                        row.isNullAt(1)
                                ? null
                                : one.generate(row.getString(1), options.withSeed(options.seed() + row.getLong(0))));
            }
        }
        SparkGenerator generator = nano.generator(
                model.toUri().toString(),
                () -> GenerationOptions.temperature(0.9).withMaxTokens(12));
        for (int partitions : new int[] {1, 3}) {
            assertThat(generator
                            .transform(prompts(40).repartition(partitions), "id", "prompt", "text")
                            .orderBy("id")
                            .collectAsList())
                    .extracting(row -> row.getString(2))
                    .isEqualTo(expected);
        }
        assertThatThrownBy(() -> generator.transform(prompts(1), "number", "prompt", "text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("no column \"number\"", "[id, prompt]");
        assertThatThrownBy(() -> generator.transform(prompts(1), "id", "id", "text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("\"id\" of prompts", "bigint", "string");
    }

    // ---- sweeps

    @Test
    void aSweepWithAKillHasTheRunsOfOneMachine() throws IOException {
        Grid grid = Experiment.grid()
                .base("steps", 30)
                .vary("learning-rate", 3e-3, 1e-3)
                .seeds(1, 2)
                .checkpointEvery(10);
        SparkFunction<io.nanogpt.experiment.Trial, LanguageModel> recipe = trial -> GPT.builder()
                .layers(1)
                .heads(2)
                .embeddingSize(16)
                .contextLength(8)
                .steps(trial.integer("steps"))
                .learningRate(trial.number("learning-rate"))
                .evaluateEvery(10)
                .evaluationBatches(2)
                .training(trial::prepare)
                .train(Corpus.ofText(TEXT));
        List<Run> local = grid.run(folder.resolve("sweep"), recipe);
        String third = local.get(2).id();
        Path mark = folder.resolve("killed-sweep");
        String marked = mark.toString();
        List<Run> runs = nano.sweep(grid)
                .run(
                        uri("spark-sweep"),
                        trial -> GPT.builder()
                                .layers(1)
                                .heads(2)
                                .embeddingSize(16)
                                .contextLength(8)
                                .steps(trial.integer("steps"))
                                .learningRate(trial.number("learning-rate"))
                                .evaluateEvery(10)
                                .evaluationBatches(2)
                                .training(trial::prepare)
                                .listener(new Killer(trial.id().equals(third) ? Path.of(marked) : null, 15))
                                .train(Corpus.ofText(TEXT)));
        assertThat(mark).exists();
        assertThat(runs)
                .extracting(Run::id)
                .isEqualTo(local.stream().map(Run::id).toList());
        assertThat(runs).extracting(Run::state).containsOnly(Run.State.FINISHED);
        for (Run run : runs) {
            requireSame(
                    folder.resolve("spark-sweep/models/" + run.id() + "/model.safetensors"),
                    folder.resolve("sweep/models/" + run.id() + "/model.safetensors"));
        }
        // Nothing is run again.
        assertThat(nano.sweep(grid).run(uri("spark-sweep"), trial -> {
                    throw new IllegalStateException("run again");
                }))
                .isEqualTo(runs);
    }

    // ---- stages of Spark ML

    @Test
    void stagesArePartsOfPipelinesThatAreSavedAndLoaded() throws IOException {
        Path model = alone().getParent();
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {
            new NanogptGenerator()
                    .setModel(model.toUri().toString())
                    .setTemperature(0.9)
                    .setTopK(5)
                    .setMaxTokens(7)
                    .setSeed(42),
            new NanogptTokenCounter()
                    .setTokenizer(model.resolve("tokenizer.json").toUri().toString())
                    .setOutputCol("count")
        });
        Dataset<Row> rows = pipeline.fit(prompts(5)).transform(prompts(5)).orderBy("id");
        List<Row> all = rows.collectAsList();
        GenerationOptions options =
                GenerationOptions.temperature(0.9).withTopK(5).withMaxTokens(7);
        try (LanguageModel one = LanguageModel.load(model)) {
            assertThat(all.get(2).getString(2)).isEqualTo(one.generate("over", options.withSeed(44)));
            assertThat(all.get(2).getInt(3)).isEqualTo(7);
        }
        assertThat(all.get(3).isNullAt(3)).isTrue();
        assertThat(rows.columns()).containsExactly("id", "prompt", "text", "count");

        pipeline.write().overwrite().save(uri("pipeline"));
        Pipeline loaded = Pipeline.load(uri("pipeline"));
        assertThat(loaded.fit(prompts(5)).transform(prompts(5)).orderBy("id").collectAsList())
                .isEqualTo(all);
        assertThatThrownBy(() -> new NanogptGenerator().transform(prompts(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("setModel");
        assertThatThrownBy(() -> new NanogptTokenCounter().setTokenizer("tokenizer.json"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absolute URI");
    }

    /** A cluster has a jackson of its own, which comes before ours: everything here runs on it. */
    @Test
    void executorsHaveTheJacksonOfSpark() {
        List<String> versions = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(List.of(1, 2), 2)
                .map(number -> PackageVersion.VERSION.toString())
                .collect();
        assertThat(versions).hasSize(2).allMatch(version -> version.startsWith("2.21."), "of Spark");
    }
}
