package io.nanogpt.spark;

import io.nanogpt.NanogptException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;

/** What the cluster has, and what of it the library needs. */
final class Cluster {
    private static final String VECTOR = "jdk.incubator.vector";
    /** The setting of the time after the last executor, in which another one may come. */
    private static final String PATIENCE = "spark.scheduler.maxRegisteredResourcesWaitingTime";
    /** Seconds, at least, in which the first executor has to come, or one in place of a lost one. */
    private static final long SLOW = 60;

    /** The setting of the most cores of a standalone cluster. */
    private static final String CORES = "spark.cores.max";

    private Cluster() {}

    /**
     * Waits until executors have registered that have so many slots.
     *
     * @param replaces whether executors have to come in place of lost ones, which takes longer
     * @throws NanogptException if they do not come
     */
    static void awaitSlots(JavaSparkContext context, int workers, boolean replaces) {
        SparkContext spark = context.sc();
        if (spark.conf().getBoolean("spark.dynamicAllocation.enabled", false)) {
            throw new NanogptException("all workers of a training run start together, which dynamic allocation does not"
                    + " allow; submit the application with spark.dynamicAllocation.enabled=false and "
                    + workers + " slots");
        }
        if (spark.conf().getBoolean("spark.network.crypto.enabled", false)) {
            throw new NanogptException("the workers of a training run exchange gradients without encryption, but"
                    + " spark.network.crypto.enabled asks for it; train within a network that needs none");
        }
        requireCores(spark, workers);
        int slots = slots(spark);
        long changed = System.nanoTime();
        long patience = spark.conf().getTimeAsSeconds(PATIENCE, "30s");
        // The slots of local threads are there at once.
        while (slots < workers
                && !spark.isLocal()
                && System.nanoTime() - changed
                        < TimeUnit.SECONDS.toNanos(slots == 0 || replaces ? Math.max(patience, SLOW) : patience)) {
            sleep(context);
            int now = slots(spark);
            changed = now == slots ? changed : System.nanoTime();
            slots = now;
        }
        if (slots < workers) {
            throw new NanogptException("the run has " + workers + " workers, but the cluster has slots for " + slots
                    + " tasks at once (cores of all executors divided by spark.task.cpus="
                    + taskCpus(spark) + ", and no other executor has come for " + patience + " s or longer, see "
                    + PATIENCE + "); take fewer workers, or give the application more executors or cores");
        }
    }

    /** Refuses what the application itself rules out, for which no executor needs to be waited for. */
    private static void requireCores(SparkContext spark, int workers) {
        int cores = spark.conf().getInt(CORES, Integer.MAX_VALUE);
        if ((long) workers * taskCpus(spark) > cores) {
            throw new NanogptException("the run has " + workers + " workers of " + taskCpus(spark)
                    + (taskCpus(spark) == 1 ? " core" : " cores")
                    + " each (spark.task.cpus), but the application takes "
                    + cores + " at most (" + CORES + ", --total-executor-cores); take fewer workers, or raise it");
        }
    }

    private static void sleep(JavaSparkContext context) {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NanogptException("the wait for executors of " + context.appName() + " was interrupted", e);
        }
    }

    private static int slots(SparkContext spark) {
        return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
    }

    private static int taskCpus(SparkContext spark) {
        return spark.conf().getInt("spark.task.cpus", 1);
    }

    /** The processors of a task, on its executor. */
    static int taskCpus() {
        return SparkEnv.get().conf().getInt("spark.task.cpus", 1);
    }

    /** The processors that all tasks of an executor have, on it. */
    static int executorCpus() {
        int processors = Runtime.getRuntime().availableProcessors();
        return Math.max(1, Math.min(processors, SparkEnv.get().conf().getInt("spark.executor.cores", processors)));
    }

    /** The milliseconds after which a silent machine counts as gone, on an executor. */
    static int timeoutMillis() {
        return (int) TimeUnit.SECONDS.toMillis(SparkEnv.get().conf().getTimeAsSeconds("spark.network.timeout", "120s"));
    }

    /**
     * Checks that this executor has the module of the fast kernels.
     *
     * @throws NanogptException if not, with the setting that adds it
     */
    static void requireVectorModule() {
        if (ModuleLayer.boot().findModule(VECTOR).isEmpty()) {
            String setting = SparkEnv.get().executorId().equals("driver") ? "driver" : "executor";
            throw new NanogptException("a process of the application lacks the module " + VECTOR
                    + ", without which it computes several times slower; submit the application with --conf \"spark."
                    + setting + ".extraJavaOptions=--add-modules " + VECTOR + "\"");
        }
    }
}
