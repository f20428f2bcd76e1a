package io.nanogpt.impl.cpu;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.train.AdamW;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All parameters in one flat array, and so their gradients and moments, with the packed panels of the matrices that
 * products read. The optimizer walks the flat arrays in blocks and packs each block again while it is in the cache.
 */
final class CpuParameters implements ParameterStore {
    /** Elements of a block that belongs to no packed matrix; also the unit of the gradient norm's sums. */
    private static final int BLOCK = 8192;

    private final List<ParameterSpec> specs;
    private final Map<String, Integer> indices = new HashMap<>();
    private final int[] offsets;
    private final PackedWeight[] packed;
    private final ThreadTeam team;
    private final Kernels[] kernels;
    private final float[] values;
    private float[][] state;
    private final Kernels.AdamWStep step = new Kernels.AdamWStep();
    private float decayFactor;
    private AdamW.Decay decay = AdamW.Decay.ALL;
    private double[] norms = new double[0];
    private List<Block> blocks = List.of();
    private boolean blocksCurrent;
    private boolean stale;

    /** Rows {@code from} to {@code to - 1} of a packed matrix, or elements of any other parameter. */
    private record Block(int parameter, int from, int to) {}

    CpuParameters(List<ParameterSpec> specs, ThreadTeam team, Kernels kernels) {
        this.specs = List.copyOf(specs);
        this.team = team;
        this.kernels = new Kernels[team.size()];
        Arrays.setAll(this.kernels, i -> kernels.fork());
        offsets = new int[specs.size() + 1];
        packed = new PackedWeight[specs.size()];
        for (int i = 0; i < specs.size(); i++) {
            if (indices.put(specs.get(i).name(), i) != null) {
                throw new IllegalArgumentException(
                        "two parameters are named " + specs.get(i).name());
            }
            offsets[i + 1] = Math.addExact(offsets[i], specs.get(i).elements());
        }
        values = new float[offsets[specs.size()]];
        state = new float[][] {values, new float[0], new float[0], new float[0]};
    }

    @Override
    public List<ParameterSpec> specs() {
        return specs;
    }

    @Override
    public void read(String name, float[] destination) {
        int index = index(name, destination.length);
        System.arraycopy(values, offsets[index], destination, 0, destination.length);
    }

    @Override
    public void write(String name, float[] source) {
        int index = index(name, source.length);
        System.arraycopy(source, 0, values, offsets[index], source.length);
        stale = true;
    }

    @Override
    public void readGradient(String name, float[] destination) {
        int index = index(name, destination.length);
        System.arraycopy(gradients(), offsets[index], destination, 0, destination.length);
    }

    @Override
    public double gradientNorm() {
        float[] gradients = gradients();
        int count = (gradients.length + BLOCK - 1) / BLOCK;
        if (norms.length != count) {
            norms = new double[count];
        }
        team.run(count, this::sumSquares);
        double sum = 0;
        for (double norm : norms) {
            sum += norm;
        }
        return Math.sqrt(sum);
    }

    private void sumSquares(int block, int worker) {
        float[] gradients = state[1];
        double sum = 0;
        int end = Math.min(gradients.length, (block + 1) * BLOCK);
        for (int i = block * BLOCK; i < end; i++) {
            sum += (double) gradients[i] * gradients[i];
        }
        norms[block] = sum;
    }

    @Override
    public void update(AdamW optimizer, long number, double learningRate, double gradientScale) {
        gradients();
        step.set(optimizer, number, learningRate, gradientScale);
        decayFactor = (float) (1 - learningRate * optimizer.weightDecay());
        decay = optimizer.decay();
        partition();
        team.run(blocks.size(), this::updateBlock);
    }

    private void updateBlock(int task, int worker) {
        Block block = blocks.get(task);
        ParameterSpec spec = specs.get(block.parameter);
        boolean decays = decay == AdamW.Decay.ALL || spec.isMatrix();
        PackedWeight weight = packed[block.parameter];
        int unit = weight == null ? 1 : weight.columns();
        int from = offsets[block.parameter] + block.from * unit;
        int length = (block.to - block.from) * unit;
        float factor = decays ? decayFactor : 1f;
        for (int done = 0; done < length; done += BLOCK) {
            kernels[worker].adamW(Math.min(BLOCK, length - done), step, factor, state, from + done);
        }
        if (weight != null) {
            weight.pack(values, offsets[block.parameter], block.from, block.to);
        }
    }

    /** Packs every matrix whose values were written since the last time. */
    void prepare() {
        if (stale) {
            stale = false;
            partition();
            team.run(blocks.size(), this::packBlock);
        }
    }

    private void packBlock(int task, int worker) {
        Block block = blocks.get(task);
        PackedWeight weight = packed[block.parameter];
        if (weight != null) {
            weight.pack(values, offsets[block.parameter], block.from, block.to);
        }
    }

    private void partition() {
        if (blocksCurrent) {
            return;
        }
        List<Block> list = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            PackedWeight weight = packed[i];
            int length = weight == null ? specs.get(i).elements() : weight.rows();
            int size = weight == null ? BLOCK : weight.panelWidth();
            for (int from = 0; from < length; from += size) {
                list.add(new Block(i, from, Math.min(length, from + size)));
            }
        }
        blocks = list;
        blocksCurrent = true;
    }

    /** The panels of a matrix for {@code x W^T}, and with {@code transposed} also for {@code dy W}. */
    PackedWeight pack(String name, boolean transposed) {
        int index = index(name);
        PackedWeight weight = packed[index];
        if (weight == null) {
            weight = new PackedWeight(specs.get(index), kernels[0].panelWidth());
            packed[index] = weight;
            blocksCurrent = false;
            stale = true;
        }
        if (transposed && weight.addTransposed()) {
            stale = true;
        }
        return weight;
    }

    /** All parameters, flat. */
    float[] values() {
        return values;
    }

    /** All gradients, flat; made when training first asks for them. */
    float[] gradients() {
        if (state[1].length != values.length) {
            state = new float[][] {values, new float[values.length], new float[values.length], new float[values.length]
            };
        }
        return state[1];
    }

    int offset(String name) {
        return offsets[index(name)];
    }

    private int index(String name, int length) {
        int index = index(name);
        if (length != specs.get(index).elements()) {
            throw new IllegalArgumentException("parameter " + name + " has "
                    + specs.get(index).elements() + " elements, but the array has " + length);
        }
        return index;
    }

    private int index(String name) {
        Integer index = indices.get(name);
        if (index == null) {
            throw new IllegalArgumentException("no parameter " + name + "; there are " + indices.keySet());
        }
        return index;
    }
}
