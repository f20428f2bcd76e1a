package io.nanogpt.examples.cli.console;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * Starts the program again with the vector module, which a jar cannot request by itself, and out of an
 * {@link AsciiLocale}. The new process has this one's
 * standard input and output; its standard error passes through {@link IncubatorWarningFilter}. The system property
 * {@code nanogpt.relaunch=false} turns relaunching off.
 */
public final class Relauncher {
    static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String ALLOWED = "nanogpt.relaunch";
    private static final String PARENT = "nanogpt.parent";
    private static final int TERMINATED = 143;

    private Relauncher() {}

    /**
     * Whether the module is not resolved and this Java has it, or the locale knows ASCII alone; and relaunching is not
     * turned off.
     */
    public static boolean isNeeded() {
        boolean lacksModule = ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty() && hasModule();
        return !"false".equals(System.getProperty(ALLOWED)) && (lacksModule || AsciiLocale.isUsed());
    }

    private static boolean hasModule() {
        return ModuleFinder.ofSystem().find(VECTOR_MODULE).isPresent();
    }

    /** Runs {@code main} in a new process with the vector module, and returns its exit code. */
    public static int relaunch(Class<?> main, String[] arguments) {
        // All that ends the child is in place before there is one: a signal may come as soon as it runs.
        CompletableFuture<Process> child = new CompletableFuture<>();
        Thread errors = new Thread(() -> copyErrors(child), "nanogpt-relauncher-errors");
        errors.setDaemon(true);
        errors.start();
        Thread end = new Thread(() -> endAndWait(child, errors), "nanogpt-relauncher");
        Runtime.getRuntime().addShutdownHook(end);
        try {
            child.complete(start(main, arguments));
            return waitFor(child.join(), errors);
        } finally {
            // Without this, where there is no child, its two threads would wait for ever.
            child.cancel(false);
            removeShutdownHook(end);
        }
    }

    private static Process start(Class<?> main, String[] arguments) {
        try {
            ProcessBuilder child = new ProcessBuilder(command(main, arguments));
            if (AsciiLocale.isUsed()) {
                AsciiLocale.leave(child.environment());
            }
            return child.inheritIO().redirectError(ProcessBuilder.Redirect.PIPE).start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot start Java again with --add-modules " + VECTOR_MODULE + "; turn this off with -D" + ALLOWED
                            + "=false",
                    e);
        }
    }

    private static void removeShutdownHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // This process is ending already; the hook finds the child ended and returns.
        }
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

    public static List<String> command(Class<?> main, String[] arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        if (hasModule()) {
            command.add("--add-modules=" + VECTOR_MODULE);
        }
        if (AsciiLocale.isUsed()) {
            AsciiLocale.option(arguments).ifPresent(command::add);
        }
        command.add("-D" + ALLOWED + "=false");
        command.add("-D" + PARENT + "=" + ProcessHandle.current().pid());
        command.add("-D" + Terminal.ERROR_PROPERTY + "=" + Terminal.isError());
        command.add("-cp");
        command.add(System.getProperty("java.class.path", "." + File.pathSeparator));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    private static void copyErrors(CompletableFuture<Process> child) {
        // Not System.err: it would decode and encode what the child has encoded.
        OutputStream to = new FileOutputStream(FileDescriptor.err);
        try (InputStream from = child.join().getErrorStream()) {
            IncubatorWarningFilter.copy(from, to);
        } catch (CancellationException e) {
            // There is no child.
        } catch (IOException e) {
            // Nobody reads standard error; the child finds its own closed and goes on.
        }
    }

    private static void endAndWait(CompletableFuture<Process> child, Thread errors) {
        try {
            // Not Process.destroy, which closes the streams that the child may still write to.
            child.join().toHandle().destroy();
            waitFor(child.join(), errors);
        } catch (CancellationException e) {
            // There is no child.
        }
    }

    /** Waits for the child and for the last of its standard error. */
    private static int waitFor(Process child, Thread errors) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    int code = child.waitFor();
                    errors.join();
                    return code;
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
