/**
 * The implementation of nanogpt, found as a service. It exports nothing: programs use the module {@code io.nanogpt.api}.
 *
 * <p>The vector module, ONNX Runtime, DJL and JDBC are optional: what needs them reports their absence.
 */
module io.nanogpt.impl {
    requires io.nanogpt.api;
    requires com.fasterxml.jackson.core;
    requires commons.math3;
    requires java.desktop;
    requires java.management;
    requires java.net.http;
    requires jdk.httpserver;
    requires static jdk.incubator.vector;
    requires static jdk.management;
    requires static java.sql;
    requires static com.microsoft.onnxruntime;
    requires static ai.djl.api;
    requires static ai.djl.pytorch_engine;
    requires static org.jspecify;

    provides io.nanogpt.spi.ArchitectureProvider with
            io.nanogpt.impl.zoo.ZooArchitectures;
    provides io.nanogpt.spi.BackendProvider with
            io.nanogpt.impl.cpu.CpuBackendProvider,
            io.nanogpt.impl.djl.DjlBackendProvider;
    provides io.nanogpt.spi.Library with
            io.nanogpt.impl.runtime.NanogptLibrary;
}
