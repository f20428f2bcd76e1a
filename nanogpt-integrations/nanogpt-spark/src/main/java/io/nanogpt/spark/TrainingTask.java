package io.nanogpt.spark;

import io.nanogpt.LanguageModel;
import io.nanogpt.NanogptException;
import io.nanogpt.train.CheckpointConfig;
import io.nanogpt.train.LocalSteps;
import io.nanogpt.train.TrainingSettings;
import java.io.IOException;
import java.io.Serializable;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * The task of a worker. All tasks meet once, to learn the addresses of the others, and then exchange over connections of
 * their own.
 */
final class TrainingTask implements Serializable {
    private static final long serialVersionUID = 1L;
    /** Before the message of a worker that cannot start; addresses do not begin so. */
    private static final String UNABLE = "unable: ";

    static final String MODEL = "model";

    private final RemoteFiles files;
    private final String folder;
    private final int shards;
    private final int every;
    private final @Nullable LocalSteps localSteps;
    private final String token;
    private final SparkFunction<Worker, LanguageModel> recipe;

    TrainingTask(RemoteFiles files, Run run, String token, SparkFunction<Worker, LanguageModel> recipe) {
        this.files = files;
        folder = run.folder();
        shards = run.shards();
        every = run.every();
        localSteps = run.localSteps();
        this.token = token;
        this.recipe = recipe;
    }

    /**
     * A run.
     *
     * @param folder URI of its checkpoints and its model
     * @param shards micro-batches of a step
     * @param every steps between checkpoints
     * @param localSteps null if all workers train the same weights
     */
    record Run(
            String folder, int shards, int every, @Nullable LocalSteps localSteps) {}

    Outcome run() {
        BarrierTaskContext context = BarrierTaskContext.get();
        Path scratch = RemoteFiles.scratch();
        try {
            return run(context, scratch);
        } catch (IOException | RuntimeException e) {
            return Outcome.of(e);
        } catch (LinkageError | OutOfMemoryError | StackOverflowError e) {
            return Outcome.of(new NanogptException("a worker failed: " + e, e));
        } finally {
            RemoteFiles.deleteLocal(scratch);
        }
    }

    private Outcome run(BarrierTaskContext context, Path scratch) throws IOException {
        int rank = context.partitionId();
        int size = context.getTaskInfos().length;
        String host = host(context.getTaskInfos()[rank].address());
        // What keeps this worker from starting is told to the others, which would otherwise wait.
        String unable = unable();
        ServerSocket server = unable == null ? SocketCollective.listen(host, size) : null;
        try (server) {
            String mine = server == null ? UNABLE + unable : host + ":" + server.getLocalPort();
            String[] all = context.allGather(mine);
            String found = Arrays.stream(all)
                    .filter(text -> text.startsWith(UNABLE))
                    .findFirst()
                    .orElse(null);
            if (found != null || server == null) {
                throw new NanogptException(String.valueOf(found).substring(UNABLE.length()));
            }
            SocketCollective.Settings settings = new SocketCollective.Settings(
                    rank, size, new Handshake(Handshake.key(token, secret())), Cluster.timeoutMillis());
            try (SocketCollective workers = SocketCollective.connect(settings, server, all)) {
                return train(workers, scratch);
            }
        }
    }

    private static String host(String address) {
        int colon = address.lastIndexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }

    private static @Nullable String unable() {
        try {
            Cluster.requireVectorModule();
            return null;
        } catch (NanogptException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String secret() {
        Option<String> secret = Option.apply(SparkEnv.get().securityManager().getSecretKey());
        return secret.isEmpty() ? "" : secret.get();
    }

    private Outcome train(SocketCollective workers, Path scratch) throws IOException {
        Path checkpoints = scratch.resolve("checkpoints");
        Path saved = scratch.resolve(MODEL);
        boolean leads = workers.rank() == 0;
        CheckpointCopies copies = copies(workers, checkpoints);
        if (copies != null) {
            copies.download();
            copies.start();
        }
        TaskWorker worker = new TaskWorker(workers, scratch, checkpoints);
        try (copies;
                LanguageModel model = recipe.apply(worker)) {
            worker.requirePrepared(model);
            if (leads) {
                model.save(saved);
            }
            workers.finish();
        }
        if (leads) {
            files.upload(saved, folder + "/" + MODEL);
        }
        return Outcome.finished(workers.statistics());
    }

    /** What is copied from this worker to the folder of the run; null if it keeps nothing. */
    private @Nullable CheckpointCopies copies(SocketCollective workers, Path checkpoints) {
        if (localSteps != null) {
            return new ReplicaCheckpointCopies(files, checkpoints, folder, workers, shards);
        }
        return workers.rank() == 0 ? new CheckpointCopies(files, checkpoints, folder) : null;
    }

    /** What a recipe sees of its worker. */
    private final class TaskWorker implements Worker {
        private final SocketCollective workers;
        private final Path scratch;
        private final Path checkpoints;
        private int copies;
        private boolean prepared;

        TaskWorker(SocketCollective workers, Path scratch, Path checkpoints) {
            this.workers = workers;
            this.scratch = scratch;
            this.checkpoints = checkpoints;
        }

        @Override
        public int rank() {
            return workers.rank();
        }

        @Override
        public int size() {
            return workers.size();
        }

        @Override
        public void prepare(TrainingSettings<?> settings) {
            prepared = true;
            settings.collective(workers)
                    .accumulate(shards)
                    .threads(Cluster.taskCpus())
                    .checkpoints(
                            CheckpointConfig.in(checkpoints).withEvery(every).withResume(true));
            if (localSteps != null) {
                settings.localSteps(localSteps);
            }
        }

        /** Refuses a recipe that has trained without the other workers. */
        void requirePrepared(@Nullable LanguageModel model) {
            if (!prepared) {
                throw new IllegalStateException(
                        "the recipe did not prepare its trainer; give it training(worker::prepare)");
            }
            Objects.requireNonNull(model, "the recipe returned no model");
        }

        @Override
        public Path local(String uri) {
            // The name tells the format.
            Path folder = RemoteFiles.folder(scratch.resolve("copy-" + copies++));
            Path copy = folder.resolve(new org.apache.hadoop.fs.Path(uri).getName());
            files.download(RemoteFiles.requireAbsolute("the file of a worker", uri), copy);
            return copy;
        }
    }
}
