package io.nanogpt.spark;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.NanogptInterruptedException;
import io.nanogpt.train.LocalSteps;
import io.nanogpt.train.Sgd;
import io.nanogpt.train.TrainingSettings;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.SparkThrowable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;

/**
 * Training of one model by several workers, which are tasks of one stage. The weights are, bit for bit, those of a run on one
 * machine with {@code accumulate(shards)}: workers, their number and their machines change nothing. A worker that is lost ends the
 * stage; it is then submitted again, and resumes from the newest checkpoint, with the same result.
 *
 * <pre>{@code
 * LanguageModel model = nano.training().workers(8).checkpoints("hdfs:///run", 100)
 *         .train(worker -> GPT.builder().layers(12).training(worker::prepare)
 *                 .train(Corpus.ofJson(worker.local("hdfs:///captions.json"))));
 * }</pre>
 */
public final class SparkTraining {
    private static final System.Logger LOGGER = System.getLogger(SparkTraining.class.getName());

    /** What a job group sets for the thread of its caller. */
    private static final List<String> GROUP_PROPERTIES =
            List.of("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel");

    private final JavaSparkContext context;
    private final RemoteFiles files;
    private int workers;
    private int shards;
    private int retries = 4;
    private @Nullable String folder;
    private int every;
    private @Nullable LocalSteps localSteps;
    private List<ExchangeStatistics> statistics = List.of();

    SparkTraining(JavaSparkContext context, RemoteFiles files) {
        this.context = context;
        this.files = files;
    }

    /** Sets the number of workers, at most the slots of the cluster; needed. */
    public SparkTraining workers(int value) {
        workers = atLeast("workers", value, 1);
        return this;
    }

    /**
     * Sets the micro-batches of a step, which the workers divide; as many as workers by default. A run that is resumed needs the
     * same, whatever its number of workers.
     */
    public SparkTraining shards(int value) {
        shards = atLeast("shards", value, 1);
        return this;
    }

    /**
     * Trains a replica of the model with each shard, and exchanges what the replicas have learned only every so many steps, for slow
     * networks; see {@link TrainingSettings#localSteps}. The result is not that of one machine, and its loss is usually higher
     * at the same number of tokens; it does not depend on the number of workers either.
     *
     * @param steps between two exchanges; 20 to 50 are usual
     * @param outer the optimizer that takes the mean change as a gradient
     */
    public SparkTraining localSteps(int steps, Sgd outer) {
        localSteps = new LocalSteps(steps, outer);
        return this;
    }

    /** Trains with local steps, see {@link #localSteps(int, Sgd)}, and the outer optimizer of {@link LocalSteps#defaults()}. */
    public SparkTraining localSteps(int steps) {
        return localSteps(steps, LocalSteps.defaults().outer());
    }

    /**
     * Sets the folder of checkpoints, from which a run resumes, and of the trained model, {@code model}; needed.
     *
     * @param uri absolute
     * @param steps between checkpoints
     */
    public SparkTraining checkpoints(String uri, int steps) {
        folder = RemoteFiles.requireAbsolute("the folder of checkpoints", uri);
        every = atLeast("the steps between checkpoints", steps, 1);
        return this;
    }

    /** Sets how often a run is submitted again after a worker was lost; 4 by default. */
    public SparkTraining retries(int value) {
        retries = atLeast("retries", value, 0);
        return this;
    }

    static int atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", but is " + value);
        }
        return value;
    }

    /**
     * Trains, or continues a run whose checkpoints are in the folder.
     *
     * @param recipe trains the model of a worker, with the settings applied by {@link Worker#prepare}; every worker calls it,
     *     and it must do the same in each
     * @return the trained model; close it
     * @throws NanogptException if there are fewer slots than workers, dynamic allocation is on, a process lacks the vector
     *     module, or workers were lost more often than {@link #retries}
     */
    public LanguageModel train(SparkFunction<Worker, LanguageModel> recipe) {
        Objects.requireNonNull(recipe, "recipe");
        String target = folder;
        if (workers == 0 || target == null) {
            throw new IllegalStateException("set workers(...) and checkpoints(...) before train(...)");
        }
        int batches = shards == 0 ? workers : shards;
        if (batches < workers) {
            throw new IllegalArgumentException("a step has " + batches + " shards, too few for " + workers
                    + " workers; set shards to at least the number of workers");
        }
        TrainingTask.Run run = new TrainingTask.Run(target, batches, every, localSteps);
        for (int attempt = 0; ; attempt++) {
            Cluster.awaitSlots(context, workers, attempt > 0);
            String lost = submit(new TrainingTask(files, run, token(), recipe));
            if (lost == null) {
                return load(target);
            }
            if (attempt == retries) {
                throw new NanogptException(
                        "the training has lost workers " + (retries + 1) + " times, the last time because " + lost
                                + "; its checkpoints are in " + target + ", from which the next call resumes");
            }
            LOGGER.log(System.Logger.Level.WARNING, "the training is submitted again: " + lost);
        }
    }

    /** Returns what each worker exchanged in the last submission of the last run, by rank; empty before. */
    public List<ExchangeStatistics> statistics() {
        return statistics;
    }

    private static String token() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Runs the workers; returns which one was lost, if any. */
    private @Nullable String submit(TrainingTask task) {
        JavaRDD<Integer> ranks =
                context.parallelize(IntStream.range(0, workers).boxed().toList(), workers);
        Function1<Iterator<Integer>, Iterator<Outcome>> body =
                (Function1<Iterator<Integer>, Iterator<Outcome>> & Serializable)
                        rank -> scala.jdk.javaapi.CollectionConverters.asScala(
                                List.of(task.run()).iterator());
        String group = "nanogpt-" + UUID.randomUUID();
        Map<String, @Nullable String> before = new LinkedHashMap<>();
        GROUP_PROPERTIES.forEach(name -> before.put(name, context.getLocalProperty(name)));
        context.setJobGroup(group, "nanogpt training, " + workers + " workers", true);
        List<Outcome> outcomes;
        try {
            outcomes = ranks.rdd()
                    .barrier()
                    .mapPartitions(body, false, ClassTag$.MODULE$.<Outcome>apply(Outcome.class))
                    .toJavaRDD()
                    .collect();
        } catch (Exception e) { // Scala throws checked exceptions that no signature declares.
            return lost(group, e);
        } finally {
            before.forEach(context::setLocalProperty);
        }
        for (Outcome outcome : outcomes) {
            if (outcome.failure() instanceof RuntimeException failure) {
                throw failure;
            }
            if (outcome.failure() != null) {
                throw new NanogptException(
                        "a worker failed: " + outcome.failure().getMessage(), outcome.failure());
            }
        }
        for (Outcome outcome : outcomes) {
            if (outcome.lost() != null) {
                return outcome.lost();
            }
        }
        statistics = outcomes.stream()
                .map(Outcome::statistics)
                .map(Objects::requireNonNull)
                .toList();
        return null;
    }

    private String lost(String group, Exception e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof InterruptedException) {
            context.cancelJobGroup(group);
            Thread.currentThread().interrupt();
            throw new NanogptInterruptedException("the training was interrupted; the interrupt flag stays set", e);
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof NotSerializableException) {
                throw new IllegalArgumentException(
                        "the recipe captures an object of a class that is not serializable, " + cause.getMessage()
                                + "; make or open it within the recipe",
                        e);
            }
        }
        boolean cancelled = e instanceof SparkThrowable known && "SPARK_JOB_CANCELLED".equals(known.getCondition());
        if (context.sc().isStopped() || cancelled) {
            throw new NanogptException("the training was cancelled: " + message, e);
        }
        return message;
    }

    private LanguageModel load(String target) {
        Path copy = RemoteFiles.scratch();
        try {
            files.download(target + "/" + TrainingTask.MODEL, copy.resolve(TrainingTask.MODEL));
            return LanguageModel.load(copy.resolve(TrainingTask.MODEL));
        } finally {
            RemoteFiles.deleteLocal(copy);
        }
    }
}
