package io.nanogpt.impl.djl;

import io.nanogpt.NanogptException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Detects DJL without loading any of its classes, or any class of this library that refers to them. The versions are
 * known to be compatible.
 */
final class DjlArtifacts {
    private static final String ENGINE = "ai.djl.pytorch:pytorch-engine:0.35.1";
    private static final String JNI = "ai.djl.pytorch:pytorch-jni:2.7.1-0.35.1";
    private static final String NATIVE = "ai.djl.pytorch:pytorch-native-cpu:2.7.1";
    private static final String PYTORCH = "2.7.1";
    private static final String LIBRARY_PATH = "PYTORCH_LIBRARY_PATH";

    private DjlArtifacts() {}

    /** Whether DJL's PyTorch engine and a PyTorch for it are available. */
    static boolean arePresent() {
        return missing().isEmpty();
    }

    /**
     * Fails without the engine or what it needs.
     *
     * @throws NanogptException naming the artifacts and versions to add
     */
    static void require() {
        List<String> missing = missing();
        if (!missing.isEmpty()) {
            throw new NanogptException("DJL cannot compute without its PyTorch engine; add to the class path "
                    + String.join(", and ", missing) + " (these versions are compatible)");
        }
    }

    /** Whether the machine appears to have an NVIDIA GPU; a cheap check. */
    static boolean mayHaveGpu() {
        String root = Optional.ofNullable(System.getenv("SystemRoot")).orElse("C:\\Windows");
        return Stream.of(Path.of("/dev/nvidiactl"), Path.of("/dev/dxg"), Path.of(root, "System32", "nvcuda.dll"))
                .anyMatch(Files::exists);
    }

    private static List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (!isOnClassPath("ai/djl/pytorch/engine/PtEngine.class")) {
            missing.add(ENGINE);
        }
        if (!isOnClassPath("jnilib/pytorch.properties")) {
            missing.add(JNI);
        }
        if (!isOnClassPath("native/lib/pytorch.properties") && !isInstalled()) {
            missing.add(NATIVE
                    + " with the classifier of this platform (linux-x86_64, osx-aarch64 or win-x86_64), or, for"
                    + " NVIDIA GPUs, an installed PyTorch " + PYTORCH + ", whose folder of libraries " + LIBRARY_PATH
                    + " names");
        }
        return missing;
    }

    private static boolean isOnClassPath(String resource) {
        return DjlArtifacts.class.getClassLoader().getResource(resource) != null;
    }

    private static boolean isInstalled() {
        String library = System.mapLibraryName("torch");
        return Stream.of(Optional.ofNullable(System.getenv(LIBRARY_PATH)), libraryPath())
                .flatMap(Optional::stream)
                .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1)))
                .filter(folder -> !folder.isBlank())
                .anyMatch(folder -> Files.exists(Path.of(folder, library)) || folder.endsWith(library));
    }

    private static Optional<String> libraryPath() {
        return Optional.ofNullable(System.getProperty("java.library.path"));
    }
}
