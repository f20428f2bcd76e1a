package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;

/** Positions that are computed rather than trained, from tables that are made when a graph is compiled. */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class PositionOperations {
    private PositionOperations() {}

    /** {@code (length, width)}: sines and cosines in turn. */
    static float[] sinusoids(int length, int width) {
        float[] table = new float[Math.multiplyExact(length, width)];
        for (int i = 0; i < width; i += 2) {
            double frequency = StrictMath.exp(-i * StrictMath.log(10_000.0) / width);
            for (int position = 0; position < length; position++) {
                table[position * width + i] = (float) StrictMath.sin(position * frequency);
                table[position * width + i + 1] = (float) StrictMath.cos(position * frequency);
            }
        }
        return table;
    }

    /** Turns the first heads of every row and copies the features behind them. */
    record Rotary(int x, Attributes.Rotary attributes, float[] table, int out, int width) implements Operation {
        /** With a table for positions below {@code length}. */
        static Rotary of(int x, Attributes.Rotary attributes, int length, int out, int width) {
            return new Rotary(x, attributes, table(attributes, length), out, width);
        }

        /** Scratch that a row needs, in floats. */
        int scratch() {
            return attributes.interleaved() ? attributes.heads() * attributes.headSize() : 0;
        }

        @Override
        public void run(MicroBatch slice, Worker worker) {
            float[] arena = slice.arena;
            int turned = attributes.heads() * attributes.headSize();
            for (int row = 0; row < slice.rows; row++) {
                int line = (slice.past + row % slice.length) * 2 * attributes.headSize();
                int from = x + row * width;
                int to = out + row * width;
                if (attributes.interleaved()) {
                    pairs(arena, from, to, line, worker);
                } else {
                    halves(arena, from, to, line, worker.kernels.rows());
                }
                System.arraycopy(arena, from + turned, arena, to + turned, width - turned);
            }
        }

        private void pairs(float[] arena, int from, int to, int line, Worker worker) {
            RowKernels kernels = worker.kernels.rows();
            int size = attributes.headSize();
            kernels.swapPairs(attributes.heads() * size, arena, from, worker.scratch, 0);
            for (int head = 0; head < attributes.heads(); head++) {
                int at = head * size;
                kernels.rotate(size, arena, from + at, worker.scratch, at, table, line, line + size, arena, to + at);
            }
        }

        private void halves(float[] arena, int from, int to, int line, RowKernels kernels) {
            int size = attributes.headSize();
            int half = size / 2;
            for (int head = 0; head < attributes.heads(); head++) {
                int a = head * size;
                int b = a + half;
                int sines = line + size;
                kernels.rotate(half, arena, from + a, arena, from + b, table, line, sines, arena, to + a);
                kernels.rotate(half, arena, from + b, arena, from + a, table, line + half, sines + half, arena, to + b);
            }
        }

        /** For each position, the cosine for every feature of a head and then its partner's sine with its sign. */
        private static float[] table(Attributes.Rotary rotary, int length) {
            int size = rotary.headSize();
            float[] table = new float[Math.multiplyExact(length, 2 * size)];
            double direction = rotary.inverse() ? -1 : 1;
            for (int pair = 0; pair < size / 2; pair++) {
                int first = rotary.interleaved() ? 2 * pair : pair;
                int second = rotary.interleaved() ? first + 1 : pair + size / 2;
                double frequency = StrictMath.pow(rotary.theta(), -2.0 * pair / size);
                for (int position = 0; position < length; position++) {
                    double angle = direction * position * frequency;
                    int line = position * 2 * size;
                    table[line + first] = (float) StrictMath.cos(angle);
                    table[line + second] = (float) StrictMath.cos(angle);
                    table[line + size + first] = (float) -StrictMath.sin(angle);
                    table[line + size + second] = (float) StrictMath.sin(angle);
                }
            }
            return table;
        }
    }
}
