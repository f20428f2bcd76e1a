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

    /** Adds to each row the sines and cosines, which alternate, of its position. */
    record AddSinusoids(int x, PositionTable table, int out, int width) implements Operation {
        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            new AddPositions(x, table.values(), 0, out, width).run(microBatch, worker);
        }

        @Override
        public void reserve(int length, Worker worker) {
            table.reserve(length);
        }
    }

    /** The table of sinusoidal positions, for the first {@code length} at first. */
    static PositionTable sinusoids(int length, int width) {
        return new PositionTable(width, length, (table, from, to) -> {
            for (int i = 0; i < width; i += 2) {
                double frequency = StrictMath.exp(-i * StrictMath.log(10_000.0) / width);
                for (int position = from; position < to; position++) {
                    table[position * width + i] = (float) StrictMath.sin(position * frequency);
                    table[position * width + i + 1] = (float) StrictMath.cos(position * frequency);
                }
            }
        });
    }

    /** Rotates the first heads of every row and copies the remaining features. */
    record Rotary(int x, Attributes.Rotary attributes, PositionTable table, int out, int width) implements Operation {
        @Override
        public void reserve(int length, Worker worker) {
            table.reserve(length);
        }

        /** Scratch memory of a row, in floats. */
        int scratch() {
            return attributes.interleaved() ? attributes.heads() * attributes.headSize() : 0;
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            float[] turns = table.values();
            int rotated = attributes.heads() * attributes.headSize();
            for (int row = 0; row < microBatch.rows; row++) {
                int entry = (microBatch.past + row % microBatch.length) * 2 * attributes.headSize();
                int from = x + row * width;
                int to = out + row * width;
                if (attributes.interleaved()) {
                    pairs(arena, from, to, turns, entry, worker);
                } else {
                    halves(arena, from, to, turns, entry, worker.kernels);
                }
                System.arraycopy(arena, from + rotated, arena, to + rotated, width - rotated);
            }
        }

        private void pairs(float[] arena, int from, int to, float[] turns, int entry, Worker worker) {
            Kernels kernels = worker.kernels;
            int size = attributes.headSize();
            kernels.swapPairs(attributes.heads() * size, arena, from, worker.scratch, 0);
            for (int head = 0; head < attributes.heads(); head++) {
                int at = head * size;
                kernels.rotate(size, arena, from + at, worker.scratch, at, turns, entry, entry + size, arena, to + at);
            }
        }

        private void halves(float[] arena, int from, int to, float[] turns, int entry, Kernels kernels) {
            int size = attributes.headSize();
            int half = size / 2;
            for (int head = 0; head < attributes.heads(); head++) {
                int a = head * size;
                int b = a + half;
                int sines = entry + size;
                kernels.rotate(half, arena, from + a, arena, from + b, turns, entry, sines, arena, to + a);
                kernels.rotate(
                        half, arena, from + b, arena, from + a, turns, entry + half, sines + half, arena, to + b);
            }
        }

        /**
         * For each position, the cosine for every feature of a head, then the signed sine for the partner of every
         * feature; of the first {@code length} at first.
         */
        static PositionTable table(Attributes.Rotary rotary, int length) {
            return new PositionTable(
                    2 * rotary.headSize(), length, (table, from, to) -> write(rotary, table, from, to));
        }

        private static void write(Attributes.Rotary rotary, float[] table, int from, int to) {
            int size = rotary.headSize();
            double direction = rotary.inverse() ? -1 : 1;
            for (int pair = 0; pair < size / 2; pair++) {
                int first = rotary.interleaved() ? 2 * pair : pair;
                int second = rotary.interleaved() ? first + 1 : pair + size / 2;
                double frequency = StrictMath.pow(rotary.theta(), -2.0 * pair / size);
                for (int position = from; position < to; position++) {
                    double angle = direction * position * frequency;
                    int entry = position * 2 * size;
                    table[entry + first] = (float) StrictMath.cos(angle);
                    table[entry + second] = (float) StrictMath.cos(angle);
                    table[entry + size + first] = (float) -StrictMath.sin(angle);
                    table[entry + size + second] = (float) StrictMath.sin(angle);
                }
            }
        }
    }
}
