package io.nanogpt.backend;

import io.nanogpt.backend.Backends.MatrixPrecision;
import java.util.List;
import java.util.Objects;

/** Selects the compute backend of a training run. Created by {@link Backends}. */
public sealed interface BackendChoice {
    /** The kinds of choices. */
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

    /** Returns the kind of this choice, for exhaustive switches. */
    Kind kind();

    /** A GPU if one can be used, otherwise the CPU. */
    record Auto() implements BackendChoice {
        @Override
        public Kind kind() {
            return Kind.AUTO;
        }
    }

    /** The CPU, in pure Java. */
    record Cpu() implements BackendChoice {
        @Override
        public Kind kind() {
            return Kind.CPU;
        }
    }

    /**
     * The backend of a {@link io.nanogpt.spi.BackendProvider}.
     *
     * @param name the name of the provider
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
     * The PyTorch engine of DJL.
     *
     * @param devices {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}; several devices each compute a share of
     *     every batch
     * @param precision rounding of the operands of matrix products
     */
    record Djl(List<String> devices, MatrixPrecision precision) implements BackendChoice {
        public Djl {
            devices = List.copyOf(devices);
            Objects.requireNonNull(precision, "precision");
            if (devices.isEmpty()) {
                throw new IllegalArgumentException("no device is given; name at least one, for example auto");
            }
            for (String device : devices) {
                boolean one = device.equals("cpu") || device.matches("cuda(:\\d{1,4})?");
                boolean all = devices.size() == 1 && device.equals("auto");
                if (!one && !all) {
                    throw new IllegalArgumentException(
                            "no device is named " + device + "; the devices are cpu, cuda and cuda:N, or auto alone");
                }
            }
        }

        @Override
        public Kind kind() {
            return Kind.DJL;
        }

        /**
         * Returns a copy with one device: {@code auto}, {@code cpu}, {@code cuda} or, counted from 0, {@code cuda:1}.
         */
        public Djl withDevice(String name) {
            return withDevices(name);
        }

        /**
         * Returns a copy with these devices, each of which computes a share of every batch; their gradients are added
         * in this order. A device may be named more than once.
         */
        public Djl withDevices(String... names) {
            return new Djl(List.of(names), precision);
        }

        /** Returns a copy with this precision of matrix products. */
        public Djl withPrecision(MatrixPrecision value) {
            return new Djl(devices, value);
        }
    }
}
