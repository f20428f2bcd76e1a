package io.nanogpt.spark;

import io.nanogpt.NanogptException;
import io.nanogpt.spi.Collective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Copies the checkpoints of a worker in a run with local steps. The remote folder has {@code step-N} of worker 0, with the model,
 * and {@code replicas/step-N} with the replicas of the others, so that no state goes through a single machine. A checkpoint
 * counts once it has all replicas; worker 0 deletes older ones.
 */
final class ReplicaCheckpointCopies extends CheckpointCopies {
    private static final String REPLICAS = "replicas";
    /** Begin of the name of an empty file that tells the number of replicas. */
    private static final String OF = "of-";

    private final Collective workers;
    private final int replicas;

    /** @param replicas of all workers */
    ReplicaCheckpointCopies(RemoteFiles files, Path local, String remote, Collective workers, int replicas) {
        super(files, local, remote);
        this.workers = workers;
        this.replicas = replicas;
    }

    private static String file(int replica) {
        return "replica-" + replica + ".safetensors";
    }

    private String others(String checkpoint) {
        return remote + "/" + REPLICAS + "/" + checkpoint;
    }

    /** Copies what this worker needs of the newest complete checkpoint, which worker 0 chooses for all. */
    @Override
    void download() {
        double[] chosen = new double[0];
        if (workers.rank() == 0) {
            requireSameReplicas();
            String newest = newestComplete();
            deleteLater(newest);
            chosen = newest.chars().asDoubleStream().toArray();
        }
        StringBuilder name = new StringBuilder();
        Arrays.stream(workers.gather(chosen)[0]).forEach(character -> name.append((char) character));
        if (name.length() > 0) {
            download(name.toString());
        }
    }

    private void download(String checkpoint) {
        Path folder = local.resolve(checkpoint);
        List<String> first = files.names(remote + "/" + checkpoint);
        if (workers.rank() == 0) {
            files.download(remote + "/" + checkpoint, folder);
        }
        int begin = Collective.begin(replicas, workers.rank(), workers.size());
        int end = Collective.begin(replicas, workers.rank() + 1, workers.size());
        for (int replica = begin; replica < end; replica++) {
            boolean withModel = first.contains(file(replica));
            if (!withModel || workers.rank() > 0) {
                String from = withModel ? remote + "/" + checkpoint : others(checkpoint);
                files.download(from + "/" + file(replica), folder.resolve(file(replica)));
            }
        }
    }

    /** The newest checkpoint that all workers had written; empty if there is none. */
    private String newestComplete() {
        List<String> names = checkpoints(files.names(remote));
        for (int i = names.size() - 1; i >= 0; i--) {
            if (isComplete(names.get(i))) {
                return names.get(i);
            }
        }
        return "";
    }

    private boolean isComplete(String checkpoint) {
        List<String> there = new ArrayList<>(files.names(remote + "/" + checkpoint));
        there.addAll(files.names(others(checkpoint)));
        for (int replica = 0; replica < replicas; replica++) {
            if (!there.contains(file(replica))) {
                return false;
            }
        }
        return true;
    }

    /** Refuses a folder of another kind of run, of which checkpoints would seem incomplete. */
    private void requireSameReplicas() {
        String mine = OF + replicas;
        List<String> marks = files.names(remote + "/" + REPLICAS).stream()
                .filter(name -> name.startsWith(OF))
                .toList();
        if (marks.isEmpty() && !checkpoints(files.names(remote)).isEmpty()) {
            throw new NanogptException(
                    remote + " has checkpoints of a run without local steps; give the run with them another folder");
        }
        if (!marks.isEmpty() && !marks.contains(mine)) {
            throw new NanogptException(remote + " has checkpoints of a run with "
                    + marks.get(0).substring(OF.length()) + " shards, but this one has " + replicas
                    + "; set as many, or give this run another folder");
        }
        files.at(remote + "/" + REPLICAS + "/" + mine, (system, path) -> {
            system.create(path, true).close();
            return path;
        });
    }

    /** Deletes checkpoints after the one from which the run goes on: it writes them again, maybe with other settings. */
    private void deleteLater(String newest) {
        for (String name : everywhere()) {
            if (name.compareTo(newest) > 0) {
                delete(name);
            }
        }
    }

    private SortedSet<String> everywhere() {
        SortedSet<String> all = new TreeSet<>(checkpoints(files.names(remote)));
        all.addAll(checkpoints(files.names(remote + "/" + REPLICAS)));
        return all;
    }

    private void delete(String checkpoint) {
        // The model first: what is left of a checkpoint without it does not count.
        files.delete(remote + "/" + checkpoint);
        files.delete(others(checkpoint));
    }

    @Override
    void copy() {
        for (String name : here()) {
            if (workers.rank() > 0) {
                copyReplicas(name);
            } else if (!files.exists(remote + "/" + name)) {
                upload(local.resolve(name), remote + "/" + name);
            }
        }
        if (workers.rank() == 0) {
            deleteOld();
        }
    }

    private void copyReplicas(String checkpoint) {
        List<String> there = files.names(others(checkpoint));
        for (String name : list(local.resolve(checkpoint))) {
            if (name.startsWith("replica-") && !there.contains(name)) {
                upload(local.resolve(checkpoint).resolve(name), others(checkpoint) + "/" + name);
            }
        }
    }

    private void deleteOld() {
        String newest = newestComplete();
        List<String> kept = here();
        for (String name : everywhere()) {
            if (name.compareTo(newest) < 0 && !kept.contains(name)) {
                delete(name);
            }
        }
    }
}
