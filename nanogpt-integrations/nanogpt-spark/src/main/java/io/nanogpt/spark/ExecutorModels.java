package io.nanogpt.spark;

import io.nanogpt.LanguageModel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** The models of an executor: each is opened once, and shared by its tasks. Models that no task uses are closed when another is opened. */
final class ExecutorModels {
    private static final Map<String, Entry> OPEN = new HashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ExecutorModels::closeAll));
    }

    private ExecutorModels() {}

    private static final class Entry {
        private final LanguageModel model;
        private final Path folder;
        private int users;

        Entry(LanguageModel model, Path folder) {
            this.model = model;
            this.folder = folder;
        }

        void close() {
            model.close();
            RemoteFiles.deleteLocal(folder);
        }
    }

    /** A model that a task uses until it closes this. */
    record Use(LanguageModel model, String key) implements AutoCloseable {
        @Override
        public void close() {
            synchronized (OPEN) {
                Entry entry = OPEN.get(key);
                if (entry != null) {
                    entry.users--;
                }
            }
        }
    }

    /** Opens the model of a folder, or shares it if it is open and the folder has not changed. */
    static Use use(RemoteFiles files, String uri) {
        String key = uri + "\n" + files.version(uri);
        synchronized (OPEN) {
            Entry entry = OPEN.get(key);
            if (entry == null) {
                closeUnused();
                entry = load(files, uri);
                OPEN.put(key, entry);
            }
            entry.users++;
            return new Use(entry.model, key);
        }
    }

    private static Entry load(RemoteFiles files, String uri) {
        Path folder = RemoteFiles.scratch();
        try {
            files.download(uri, folder.resolve("model"));
            return new Entry(LanguageModel.load(folder.resolve("model"), Cluster.executorCpus()), folder);
        } catch (RuntimeException | Error e) {
            RemoteFiles.deleteLocal(folder);
            throw e;
        }
    }

    private static void closeUnused() {
        for (Iterator<Entry> entries = OPEN.values().iterator(); entries.hasNext(); ) {
            Entry entry = entries.next();
            if (entry.users == 0) {
                entries.remove();
                entry.close();
            }
        }
    }

    private static void closeAll() {
        synchronized (OPEN) {
            OPEN.values().forEach(Entry::close);
            OPEN.clear();
        }
    }
}
