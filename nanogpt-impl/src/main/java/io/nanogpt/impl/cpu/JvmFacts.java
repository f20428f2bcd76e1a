package io.nanogpt.impl.cpu;

import java.lang.module.ModuleFinder;
import java.util.Optional;

/**
 * The properties of a JVM that the choice of kernels depends on.
 *
 * @param requested the value of the system property {@link KernelsChoice#PROPERTY}
 * @param javaVersion the feature version, for example 17
 * @param vmName the system property {@code java.vm.name}
 * @param compiler of hot methods
 * @param fusedMultiplyAdd whether there is an instruction for {@link Math#fma}
 * @param vectors the state of the Vector API
 */
record JvmFacts(
        Optional<String> requested,
        int javaVersion,
        String vmName,
        Compiler compiler,
        boolean fusedMultiplyAdd,
        Vectors vectors) {
    static final String VECTOR_MODULE = "jdk.incubator.vector";
    /** Loaded by its name, since it cannot be linked without the module. */
    static final String VECTOR_KERNELS = "io.nanogpt.impl.cpu.vector.VectorKernels";

    /** The compiler of hot methods. */
    enum Compiler {
        /** C2, HotSpot's optimizing compiler. */
        C2,
        /** Only C1, which does not compile the Vector API into vector instructions. */
        C1,
        /** No compiler. */
        INTERPRETER,
        /** A compiler in Java, such as Graal's. */
        JVMCI
    }

    /** The availability of the module of the Vector API. */
    enum ModuleState {
        /** In the module layer of this library. */
        LOADED,
        /** In the Java runtime, but not in the layer. */
        NOT_LOADED,
        /** Not in the Java runtime. */
        ABSENT
    }

    /**
     * The Vector API and the kernels that need it.
     *
     * @param bits of the machine's preferred vectors; 0 if the module is not loaded
     * @param missingClass a class of the vector kernels that is not on the class path
     */
    record Vectors(ModuleState state, int bits, Optional<String> missingClass) {}

    /** The properties of the running JVM. */
    static JvmFacts ofThisJvm() {
        return new JvmFacts(
                Optional.ofNullable(System.getProperty(KernelsChoice.PROPERTY)),
                Runtime.version().feature(),
                System.getProperty("java.vm.name", ""),
                readCompiler(System.getProperty("java.vm.info", "")),
                FusedMultiplyAdd.inHardware(),
                readVectors());
    }

    private static Compiler readCompiler(String info) {
        if (info.contains("interpreted mode")) {
            return Compiler.INTERPRETER;
        }
        if (JvmFlags.value("UseJVMCICompiler").equals("true")) {
            return Compiler.JVMCI;
        }
        boolean tiered = !JvmFlags.value("TieredCompilation").equals("false");
        String level = JvmFlags.value("TieredStopAtLevel");
        boolean stopsEarly = info.contains("emulated-client") || (!level.isEmpty() && Integer.parseInt(level) < 4);
        return tiered && stopsEarly ? Compiler.C1 : Compiler.C2;
    }

    private static Vectors readVectors() {
        Module own = JvmFacts.class.getModule();
        ModuleLayer layer = own.getLayer() == null ? ModuleLayer.boot() : own.getLayer();
        Optional<Module> module = layer.findModule(VECTOR_MODULE);
        if (module.isEmpty()) {
            boolean inRuntime = ModuleFinder.ofSystem().find(VECTOR_MODULE).isPresent();
            return new Vectors(inRuntime ? ModuleState.NOT_LOADED : ModuleState.ABSENT, 0, Optional.empty());
        }
        own.addReads(module.get());
        return new Vectors(ModuleState.LOADED, bits(module.get()), missingClass());
    }

    private static int bits(Module module) {
        try {
            Class<?> shape = Class.forName(module, "jdk.incubator.vector.VectorShape");
            Object preferred = shape.getMethod("preferredShape").invoke(null);
            return (int) shape.getMethod("vectorBitSize").invoke(preferred);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read the size of vectors from the module " + VECTOR_MODULE, e);
        }
    }

    private static Optional<String> missingClass() {
        try {
            Class.forName(VECTOR_KERNELS, false, JvmFacts.class.getClassLoader());
            return Optional.empty();
        } catch (ClassNotFoundException | NoClassDefFoundError e) {
            return Optional.of(VECTOR_KERNELS);
        }
    }
}
