package io.nanogpt.impl.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.nanogpt.NanogptException;
import io.nanogpt.onnx.OnnxOptions;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** ONNX Runtime in this process: its environment, providers and session options. */
final class OnnxRuntime {
    /** Number of parameters below which a second thread costs more than it gains. */
    private static final long ONE_THREAD_BELOW = 4_000_000;

    private static final String ARTIFACT = OnnxBackend.ARTIFACT;
    private static final System.Logger LOGGER = System.getLogger(OnnxRuntime.class.getName());
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    private OnnxRuntime() {}

    /**
     * The environment, which all sessions of a process share.
     *
     * @throws NanogptException if its native library cannot be loaded
     */
    static OrtEnvironment environment() {
        try {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            // Builds for Windows send telemetry by default.
            environment.setTelemetry(false);
            return environment;
        } catch (OrtException e) {
            throw OnnxSession.failed(e);
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new NanogptException(
                    "the native library of ONNX Runtime cannot be loaded on " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + " (" + e + "); it needs a 64-bit system and glibc 2.28 or"
                            + " newer on Linux",
                    e);
        }
    }

    /** The execution providers of this build of ONNX Runtime. */
    static String providers() {
        return OrtEnvironment.getAvailableProviders().toString();
    }

    /**
     * Loads the CUDA provider for the first GPU.
     *
     * @throws NanogptException naming what is missing
     */
    static void requireCuda() {
        environment();
        try (OrtSession.SessionOptions session = new OrtSession.SessionOptions()) {
            addCuda(session, OnnxOptions.cuda());
        }
    }

    /** Options for a model of this size. The caller closes them. */
    static OrtSession.SessionOptions options(OnnxOptions options, long parameters) throws OrtException {
        OrtSession.SessionOptions session = new OrtSession.SessionOptions();
        try {
            int threads = options.threads();
            if (threads == 0) {
                threads =
                        parameters < ONE_THREAD_BELOW ? 1 : Runtime.getRuntime().availableProcessors();
            }
            session.setIntraOpNumThreads(threads);
            session.setInterOpNumThreads(1);
            session.setOptimizationLevel(
                    switch (options.optimization()) {
                        case NONE -> OrtSession.SessionOptions.OptLevel.NO_OPT;
                        case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
                        case EXTENDED -> OrtSession.SessionOptions.OptLevel.EXTENDED_OPT;
                        case ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
                    });
            addProvider(session, options);
            return session;
        } catch (OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static void addProvider(OrtSession.SessionOptions session, OnnxOptions options) {
        if (options.provider() == OnnxOptions.Provider.CPU) {
            return;
        }
        try {
            addCuda(session, options);
        } catch (NanogptException e) {
            if (options.provider() == OnnxOptions.Provider.CUDA) {
                throw e;
            }
            if (!WARNED.getAndSet(true)) {
                LOGGER.log(Level.WARNING, "computing on the CPU instead of the GPU: {0}", e.getMessage());
            }
        }
    }

    private static void addCuda(OrtSession.SessionOptions session, OnnxOptions options) {
        String version = environment().getVersion();
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            throw new NanogptException("CUDA was requested, but this build of ONNX Runtime " + version
                    + " supports only the CPU; replace the dependency " + ARTIFACT + ":" + version + " by "
                    + ARTIFACT
                    + "_gpu:" + version + ", or use OnnxOptions.cuda().orCpu()");
        }
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(options.device())) {
            if (options.memoryLimit() > 0) {
                cuda.add("gpu_mem_limit", Long.toString(options.memoryLimit()));
            }
            session.addCUDA(cuda);
        } catch (OrtException e) {
            throw new NanogptException(
                    "CUDA was requested, but ONNX Runtime " + version + " cannot use GPU " + options.device() + ": "
                            + e.getMessage() + "; it needs an NVIDIA driver, CUDA 12 and cuDNN 9 where the system finds"
                            + " libraries (LD_LIBRARY_PATH); list the missing ones with: nanogpt doctor",
                    e);
        }
    }
}
