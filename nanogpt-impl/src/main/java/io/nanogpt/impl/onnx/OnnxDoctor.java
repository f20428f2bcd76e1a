package io.nanogpt.impl.onnx;

import io.nanogpt.Diagnosis;
import io.nanogpt.NanogptException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Diagnoses ONNX Runtime on this machine, and what is missing to use a GPU. */
public final class OnnxDoctor {
    /** The libraries that ONNX Runtime's CUDA provider loads, and the NVIDIA driver's. */
    private static final List<String> LINUX_LIBRARIES = List.of(
            "libcuda.so.1",
            "libcudart.so.12",
            "libcublasLt.so.12",
            "libcublas.so.12",
            "libcufft.so.11",
            "libcurand.so.10",
            "libcudnn.so.9");

    private static final List<String> WINDOWS_LIBRARIES = List.of(
            "nvcuda.dll",
            "cudart64_12.dll",
            "cublasLt64_12.dll",
            "cublas64_12.dll",
            "cufft64_11.dll",
            "curand64_10.dll",
            "cudnn64_9.dll");

    private static final List<String> LINUX_FOLDERS = List.of(
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/usr/local/cuda/lib64",
            "/usr/lib/wsl/lib");

    private OnnxDoctor() {}

    /** Diagnoses the runtime, its providers and the libraries of CUDA. */
    public static List<Diagnosis> diagnose() {
        List<Diagnosis> all = new ArrayList<>();
        try {
            OnnxBackend.requireRuntime();
            all.add(new Diagnosis(
                    "ONNX Runtime",
                    OnnxRuntime.environment().getVersion() + ", providers " + OnnxRuntime.providers(),
                    Optional.empty()));
            all.add(cudaProvider());
        } catch (NanogptException e) {
            all.add(new Diagnosis("ONNX Runtime", "not usable", Optional.of(String.valueOf(e.getMessage()))));
        }
        all.add(cudaLibraries());
        return all;
    }

    private static Diagnosis cudaProvider() {
        try {
            OnnxRuntime.requireCuda();
            return new Diagnosis("CUDA in ONNX Runtime", "works", Optional.empty());
        } catch (NanogptException e) {
            return new Diagnosis("CUDA in ONNX Runtime", "does not work", Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private static Diagnosis cudaLibraries() {
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        String variable = windows ? "PATH" : "LD_LIBRARY_PATH";
        List<Path> folders = Stream.concat(
                        Stream.of(Optional.ofNullable(System.getenv(variable))
                                .orElse("")
                                .split(File.pathSeparator, -1)),
                        windows ? Stream.of() : LINUX_FOLDERS.stream())
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .toList();
        List<String> found = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String library : windows ? WINDOWS_LIBRARIES : LINUX_LIBRARIES) {
            boolean here = folders.stream().anyMatch(folder -> Files.exists(folder.resolve(library)));
            (here ? found : missing).add(library);
        }
        return new Diagnosis(
                "CUDA libraries",
                found.isEmpty() ? "none found" : String.join(", ", found),
                missing.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                "to compute on an NVIDIA GPU, install its driver, CUDA 12 and cuDNN 9, and name their"
                                        + " folders in " + variable + "; missing: " + String.join(", ", missing)));
    }
}
