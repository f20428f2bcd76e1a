package io.nanogpt.impl.runtime;

import io.nanogpt.Diagnosis;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.impl.djl.DjlBackend;
import io.nanogpt.impl.onnx.OnnxDoctor;
import java.lang.module.ModuleFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What works on this machine. */
final class Doctor {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private Doctor() {}

    static List<Diagnosis> diagnose() {
        List<Diagnosis> all = new ArrayList<>();
        all.add(new Diagnosis(
                "JDK",
                System.getProperty("java.version") + " of " + System.getProperty("java.vendor") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors, at most "
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MiB of heap",
                Optional.empty()));
        all.add(vectorModule());
        try (CpuBackend backend = CpuBackend.open(1)) {
            all.add(new Diagnosis("Kernels", backend.name(), Optional.empty()));
        }
        all.addAll(DjlBackend.diagnose());
        all.addAll(OnnxDoctor.diagnose());
        return all;
    }

    private static Diagnosis vectorModule() {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()) {
            return new Diagnosis("Vector module", "loaded", Optional.empty());
        }
        boolean there = ModuleFinder.ofSystem().find(VECTOR_MODULE).isPresent();
        return new Diagnosis(
                "Vector module",
                there ? "there, but not loaded" : "not in this Java",
                Optional.of(
                        there
                                ? "start Java with --add-modules " + VECTOR_MODULE + ", and training is faster"
                                : "take a JDK that has the module " + VECTOR_MODULE + ", and training is faster"));
    }
}
