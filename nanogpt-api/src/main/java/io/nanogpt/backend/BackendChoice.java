package io.nanogpt.backend;

import io.nanogpt.backend.Backends.MatrixPrecision;
import java.util.List;
import java.util.Objects;

/** What is to compute a training run, made by {@link Backends}. */
public sealed interface BackendChoice {
    /** The choices that there are. */
    enum Kind {
        /** {@link Auto}. */
        AUTO,
        /** {@link Cpu}. */
        CPU,
        /** {@link Djl}. */
        DJL,
        /** {@link Named}. */
        NAMED
    }

    /** Which one this is; switches over it need no default. */
    Kind kind();

    /** A GPU if one can be used, otherwise the processor. */
    record Auto() implements BackendChoice {
        @Override
        public Kind kind() {
            return Kind.AUTO;
        }
    }

    /** The processor, in pure Java. */
    record Cpu() implements BackendChoice {
        @Override
        public Kind kind() {
            return Kind.CPU;
        }
    }

    /**
     * A backend that a {@link io.nanogpt.spi.BackendProvider} opens.
     *
     * @param name the provider's
     */
    record Named(String name) implements BackendChoice {
        public Named {
            if (name.isBlank()) {
                throw new IllegalArgumentException("a backend needs a name, but it is blank");
            }
        }

        @Override
        public Kind kind() {
            return Kind.NAMED;
        }
    }

    /**
     * DJL with its PyTorch engine.
     *
     * @param devices {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}; with several, each computes a share of every
     *     batch
     * @param precision of matrix products
     */
    record Djl(List<String> devices, MatrixPrecision precision) implements BackendChoice {
        public Djl {
            devices = List.copyOf(devices);
            Objects.requireNonNull(precision, "precision");
            if (devices.isEmpty()) {
                throw new IllegalArgumentException("there must be at least one device");
            }
            for (String device : devices) {
                boolean one = device.equals("cpu") || device.matches("cuda(:\\d{1,4})?");
                boolean all = devices.size() == 1 && device.equals("auto");
                if (!one && !all) {
                    throw new IllegalArgumentException("no device is named " + device
                            + "; there are cpu, cuda and cuda:N, and auto where no other is named");
                }
            }
        }

        @Override
        public Kind kind() {
            return Kind.DJL;
        }

        /** On one device: {@code auto}, {@code cpu}, {@code cuda} or, counted from 0, {@code cuda:1}. */
        public Djl withDevice(String name) {
            return withDevices(name);
        }

        /**
         * On several devices, which each compute a share of every batch; their gradients are added in this order. Naming
         * one of them more than once is allowed.
         */
        public Djl withDevices(String... names) {
            return new Djl(List.of(names), precision);
        }

        /** With other matrix products. */
        public Djl withPrecision(MatrixPrecision value) {
            return new Djl(devices, value);
        }
    }
}
