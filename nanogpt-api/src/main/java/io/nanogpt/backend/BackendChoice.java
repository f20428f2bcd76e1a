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

    /**
     * The CPU, in pure Java but for matrix products of another precision.
     *
     * @param precision rounding of the operands of matrix products, see {@link #withPrecision}
     */
    record Cpu(MatrixPrecision precision) implements BackendChoice {
        public Cpu {
            Objects.requireNonNull(precision, "precision");
            if (precision == MatrixPrecision.TF32) {
                throw new IllegalArgumentException("tf32 is a precision of GPUs; the CPU computes in f32 or bf16");
            }
        }

        @Override
        public Kind kind() {
            return Kind.CPU;
        }

        /**
         * Returns a copy with this precision of the matrix products of linear layers in training and evaluation.
         * {@link MatrixPrecision#BF16} is computed by native code: it needs the artifact {@code nanogpt-native} and a
         * processor with units for bfloat16, and is an error when the run starts without them. Results have other bits
         * than in 32-bit floats, but the same for any number of threads.
         */
        public Cpu withPrecision(MatrixPrecision value) {
            return new Cpu(value);
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
