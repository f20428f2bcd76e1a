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
                int position = microBatch.position(row);
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

        /** Scratch memory, in floats: for a row with its pairs swapped, and for the turns of a position. */
        int scratch() {
            return swapped() + 2 * attributes.turned();
        }

        private int swapped() {
            return attributes.interleaved() ? attributes.heads() * attributes.headSize() : 0;
        }

        @Override
        public void run(MicroBatch microBatch, Worker worker) {
            float[] arena = microBatch.arena;
            int size = attributes.headSize();
            int turned = attributes.turned();
            int heads = attributes.heads() * size;
            int length = table.length();
            for (int row = 0; row < microBatch.rows; row++) {
                int position = microBatch.position(row);
                // Beyond the table is a sequence whose first tokens were dropped.
                boolean known = position < length;
                float[] turns = known ? table.values() : worker.scratch;
                int entry = known ? position * 2 * turned : swapped();
                if (!known) {
                    write(attributes, position, turns, entry);
                }
                int from = x + row * width;
                int to = out + row * width;
                if (attributes.interleaved()) {
                    pairs(arena, from, to, turns, entry, worker);
                } else {
                    halves(arena, from, to, turns, entry, worker.kernels);
                }
                for (int head = 0; turned < size && head < heads; head += size) {
                    System.arraycopy(arena, from + head + turned, arena, to + head + turned, size - turned);
                }
                System.arraycopy(arena, from + heads, arena, to + heads, width - heads);
            }
        }

        private void pairs(float[] arena, int from, int to, float[] turns, int entry, Worker worker) {
            Kernels kernels = worker.kernels;
            int turned = attributes.turned();
            kernels.swapPairs(attributes.heads() * attributes.headSize(), arena, from, worker.scratch, 0);
            for (int head = 0; head < attributes.heads(); head++) {
                int at = head * attributes.headSize();
                int sines = entry + turned;
                kernels.rotate(turned, arena, from + at, worker.scratch, at, turns, entry, sines, arena, to + at);
            }
        }

        private void halves(float[] arena, int from, int to, float[] turns, int entry, Kernels kernels) {
            int half = attributes.turned() / 2;
            for (int head = 0; head < attributes.heads(); head++) {
                int a = head * attributes.headSize();
                int b = a + half;
                int sines = entry + 2 * half;
                kernels.rotate(half, arena, from + a, arena, from + b, turns, entry, sines, arena, to + a);
                kernels.rotate(
                        half, arena, from + b, arena, from + a, turns, entry + half, sines + half, arena, to + b);
            }
        }

        /**
         * For each position, the cosine for every rotated feature of a head, then the signed sine for the partner of
         * every such feature, both times the factor; of the first {@code length} at first.
         */
        static PositionTable table(Attributes.Rotary rotary, int length) {
            int width = 2 * rotary.turned();
            return new PositionTable(width, length, (table, from, to) -> {
                for (int position = from; position < to; position++) {
                    write(rotary, position, table, position * width);
                }
            });
        }

        private static void write(Attributes.Rotary rotary, int position, float[] table, int entry) {
            int size = rotary.turned();
            double factor = rotary.factor();
            double direction = rotary.inverse() ? -1 : 1;
            for (int pair = 0; pair < size / 2; pair++) {
                int first = rotary.interleaved() ? 2 * pair : pair;
                int second = rotary.interleaved() ? first + 1 : pair + size / 2;
                double frequency = rotary.frequencies().get(pair);
                double angle = direction * position * frequency;
                float cosine = (float) (factor * StrictMath.cos(angle));
                double sine = StrictMath.sin(angle);
                table[entry + first] = cosine;
                table[entry + second] = cosine;
                table[entry + size + first] = (float) (factor * -sine);
                table[entry + size + second] = (float) (factor * sine);
            }
        }
    }
}
