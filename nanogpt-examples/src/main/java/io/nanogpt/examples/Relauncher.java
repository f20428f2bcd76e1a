package io.nanogpt.examples;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts the program again with the vector module, which a jar cannot ask for by itself. The system property
 * {@code nanogpt.relaunch=false} forbids it.
 */
public final class Relauncher {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String ALLOWED = "nanogpt.relaunch";
    private static final String PARENT = "nanogpt.parent";
    private static final int TERMINATED = 143;

    private Relauncher() {}

    /** Whether the module is missing, could be had, and nobody forbade it. */
    public static boolean isNeeded() {
        return !"false".equals(System.getProperty(ALLOWED))
                && ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()
                && ModuleFinder.ofSystem().find(VECTOR_MODULE).isPresent();
    }

    /** Runs {@code main} in a process of its own, on this one's terminal, and returns its exit code. */
    public static int relaunch(Class<?> main, String[] arguments) {
        Process child;
        try {
            child = new ProcessBuilder(command(main, arguments)).inheritIO().start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot start Java again with --add-modules " + VECTOR_MODULE + "; forbid it with -D" + ALLOWED
                            + "=false",
                    e);
        }
        // Ctrl-C reaches both processes, a kill only this one. Either way the child may still have a model to save.
        Thread end = new Thread(() -> endAndWait(child), "nanogpt-relauncher");
        Runtime.getRuntime().addShutdownHook(end);
        int code = waitFor(child);
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException e) {
            // This process is ending already; the hook finds the child ended and returns.
        }
        return code;
    }

    /** In a process that was launched by {@link #relaunch}: ends as on Ctrl-C when that one is gone. */
    public static void endWithParent() {
        Long parent = Long.getLong(PARENT);
        if (parent == null) {
            return;
        }
        Thread watcher = new Thread(
                () -> {
                    ProcessHandle.of(parent).ifPresent(handle -> handle.onExit().join());
                    System.exit(TERMINATED);
                },
                "nanogpt-parent-watcher");
        watcher.setDaemon(true);
        watcher.start();
    }

    static List<String> command(Class<?> main, String[] arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("--add-modules=" + VECTOR_MODULE);
        command.add("-D" + ALLOWED + "=false");
        command.add("-D" + PARENT + "=" + ProcessHandle.current().pid());
        command.add("-cp");
        command.add(System.getProperty("java.class.path", "." + File.pathSeparator));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    private static void endAndWait(Process child) {
        child.destroy();
        waitFor(child);
    }

    private static int waitFor(Process child) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return child.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
