package io.nanogpt.impl.cpu;

import io.nanogpt.graph.Attributes;

/** Positional encodings: learned tables, sinusoids and rotary embeddings. */
// Operations are records for their constructors alone: they are never compared, and their arrays are shared on purpose.
@SuppressWarnings("ArrayRecordComponent")
final class PositionOperations {
    private PositionOperations() {}

    /** Adds to each row the table row of its position. */
    record AddPositions(int x, float[] values, int table, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            for (int row = 0; row < microBatch.rows; row++) {
                int position = microBatch.past + row % microBatch.length;
                worker.kernels.add(
                        width,
                        microBatch.arena,
                        x + row * width,
                        values,
                        table + position * width,
                        microBatch.arena,
                        out + row * width);
            }
        }
    }

    /** The table {@code (length, width)} of sinusoidal positions: sines and cosines alternate. */
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

    /** Rotates the first heads of every row and copies the remaining features. */
    record Rotary(int x, Attributes.Rotary attributes, float[] table, int out, int width) implements Operation {
        /** With a table for the positions below {@code length}. */
        static Rotary of(int x, Attributes.Rotary attributes, int length, int out, int width) {
            return new Rotary(x, attributes, table(attributes, length), out, width);
        }

        /** Scratch memory of a row, in floats. */
        int scratch() {
            return attributes.interleaved() ? attributes.heads() * attributes.headSize() : 0;
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            int rotated = attributes.heads() * attributes.headSize();
            for (int row = 0; row < microBatch.rows; row++) {
                int entry = (microBatch.past + row % microBatch.length) * 2 * attributes.headSize();
                int from = x + row * width;
                int to = out + row * width;
                if (attributes.interleaved()) {
                    pairs(arena, from, to, entry, worker);
                } else {
                    halves(arena, from, to, entry, worker.kernels);
                }
                System.arraycopy(arena, from + rotated, arena, to + rotated, width - rotated);
            }
        }

        private void pairs(float[] arena, int from, int to, int entry, Worker worker) {
            Kernels kernels = worker.kernels;
            int size = attributes.headSize();
            kernels.swapPairs(attributes.heads() * size, arena, from, worker.scratch, 0);
            for (int head = 0; head < attributes.heads(); head++) {
                int at = head * size;
                kernels.rotate(size, arena, from + at, worker.scratch, at, table, entry, entry + size, arena, to + at);
            }
        }

        private void halves(float[] arena, int from, int to, int entry, Kernels kernels) {
            int size = attributes.headSize();
            int half = size / 2;
            for (int head = 0; head < attributes.heads(); head++) {
                int a = head * size;
                int b = a + half;
                int sines = entry + size;
                kernels.rotate(half, arena, from + a, arena, from + b, table, entry, sines, arena, to + a);
                kernels.rotate(
                        half, arena, from + b, arena, from + a, table, entry + half, sines + half, arena, to + b);
            }
        }

        /**
         * For each position, the cosine for every feature of a head, then the signed sine for the partner of every
         * feature.
         */
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
                    int entry = position * 2 * size;
                    table[entry + first] = (float) StrictMath.cos(angle);
                    table[entry + second] = (float) StrictMath.cos(angle);
                    table[entry + size + first] = (float) -StrictMath.sin(angle);
                    table[entry + size + second] = (float) StrictMath.sin(angle);
                }
            }
            return table;
        }
    }
}
