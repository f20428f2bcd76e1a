package io.nanogpt.impl.cpu;

import io.nanogpt.NanogptException;
import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.model.WeightPrecision;
import io.nanogpt.spi.MatrixProducts;
import io.nanogpt.spi.ParameterStore;
import io.nanogpt.spi.RowGradient;
import io.nanogpt.train.ParameterGroups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All parameters in one flat array, likewise their gradients, and the packed weights of matrix products. A block of
 * parameters that {@link OptimizerUpdates} has updated is packed again while it is in the cache. Tables of n-grams have
 * arrays of their own, and a gradient for the rows of a batch alone. Frozen parameters are at the end of the flat array,
 * beyond those of gradients.
 */
final class CpuParameters implements ParameterStore {
    /** Elements of a block of parameters that are not packed, and that a rule updates at a time. */
    private static final int BLOCK = 8192;

    private final List<ParameterSpec> specs;
    private final Map<String, Integer> indices = new HashMap<>();
    private final int[] offsets;
    private final PackedWeight[] packed;
    private final PanelMemory panels = new PanelMemory();
    /** The matrices that are rounded, which have neither values in the flat array nor gradients. */
    private final @Nullable RoundedWeight[] rounded;

    private final SparseTables tables;
    /** The matrices that native code multiplies; null where there is none. */
    private final @Nullable NativeWeights natives;

    private final ThreadTeam team;
    private final Kernels[] kernels;
    private final float[] values;
    /** The elements of {@link #values} that are trained, which come first; only these have gradients. */
    private final int trained;
    /** For each parameter: all values, all gradients, and then the arrays that its optimizer keeps for it alone. */
    private final float[][][] states;

    private final GradientSums sums;
    private final OptimizerUpdates updates;
    private float[] gradients = new float[0];
    /** Those of trained parameters come first. */
    private List<Block> blocks = List.of();

    private int trainedBlocks;
    private boolean blocksCurrent;
    private volatile boolean stale;

    // Created once: a bound method reference allocates on every evaluation.
    private final ThreadTeam.Job updateJob = this::updateBlock;
    private final ThreadTeam.Job updateTableJob = this::updateTablePart;
    private final ThreadTeam.Job packJob = this::packBlock;

    /** Rows {@code from} to {@code to - 1} of a packed matrix, or elements of any other parameter. */
    private record Block(int parameter, int from, int to) {}

    /**
     * With the products of native code.
     *
     * @param products null for those of the kernels
     */
    CpuParameters(List<ParameterSpec> specs, ThreadTeam team, Kernels kernels, @Nullable MatrixProducts products) {
        this(
                specs,
                team,
                kernels,
                Set.of(),
                WeightPrecision.F32,
                products == null ? null : new NativeWeights(products, team));
    }

    /**
     * With some matrices rounded.
     *
     * @param products the names of these, none for 32-bit floats: products alone read them, and tables of embeddings
     */
    CpuParameters(
            List<ParameterSpec> specs,
            ThreadTeam team,
            Kernels kernels,
            Set<String> products,
            WeightPrecision precision) {
        this(specs, team, kernels, products, precision, null);
    }

    private CpuParameters(
            List<ParameterSpec> specs,
            ThreadTeam team,
            Kernels kernels,
            Set<String> products,
            WeightPrecision precision,
            @Nullable NativeWeights natives) {
        this.specs = List.copyOf(specs);
        this.team = team;
        this.natives = natives;
        this.kernels = new Kernels[team.size()];
        Arrays.setAll(this.kernels, i -> kernels.fork());
        offsets = new int[specs.size()];
        packed = new PackedWeight[specs.size()];
        tables = new SparseTables(this.specs);
        rounded = new RoundedWeight[specs.size()];
        for (int i = 0; i < specs.size(); i++) {
            if (indices.put(specs.get(i).name(), i) != null) {
                throw new IllegalArgumentException(
                        "two parameters are named " + specs.get(i).name());
            }
            if (products.contains(specs.get(i).name())) {
                rounded[i] = new RoundedWeight(specs.get(i), precision, kernels.roundedPanelWidth());
            }
        }
        trained = place(false, 0);
        values = new float[place(true, trained)];
        states = new float[specs.size()][][];
        Arrays.setAll(states, i -> new float[][] {values(i), gradients});
        sums = new GradientSums(trained, tables, team, this.kernels);
        int[] starts = IntStream.range(0, offsets.length).map(this::offset).toArray();
        updates = new OptimizerUpdates(this.specs, starts, states, team, this.kernels);
    }

    /** Sets the offsets of the frozen parameters or of the others, from one on, and returns their end. */
    private int place(boolean frozen, int from) {
        long end = from;
        for (int i = 0; i < specs.size(); i++) {
            if (specs.get(i).frozen() == frozen) {
                offsets[i] = (int) end;
                end += isFlat(i) ? specs.get(i).elements() : 0;
            }
            if (end > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "the parameters up to " + specs.get(i).name() + " are " + end
                                + " numbers, but the CPU backend keeps all of them in one array of at most "
                                + Integer.MAX_VALUE + "; make the model smaller");
            }
        }
        return (int) end;
    }

    private boolean isFlat(int index) {
        return tables.ofParameter(index) == null && rounded[index] == null;
    }

    @Override
    public List<ParameterSpec> specs() {
        return specs;
    }

    @Override
    public void read(String name, float[] destination) {
        int index = index(name, destination.length);
        RoundedWeight weight = rounded[index];
        if (weight != null) {
            weight.read(destination);
        } else {
            System.arraycopy(values(index), offset(index), destination, 0, destination.length);
        }
    }

    @Override
    public void write(String name, float[] source) {
        int index = index(name, source.length);
        RoundedWeight weight = rounded[index];
        if (weight != null) {
            weight.write(source);
        } else {
            System.arraycopy(source, 0, values(index), offset(index), source.length);
            stale = true;
        }
    }

    @Override
    public void fill(String name, ObjIntConsumer<float[]> filler) {
        int index = index(name);
        if (rounded[index] != null) {
            ParameterStore.super.fill(name, filler);
        } else {
            filler.accept(values(index), offset(index));
            stale = true;
        }
    }

    @Override
    public void readGradient(String name, float[] destination) {
        int index = index(name, destination.length);
        SparseTable table = tables.ofParameter(index);
        if (table == null) {
            System.arraycopy(gradients(), offsets[index], destination, 0, destination.length);
        } else {
            table.gradient().copyTo(destination);
        }
    }

    @Override
    public void writeGradient(String name, float[] source) {
        int index = index(name, source.length);
        if (tables.ofParameter(index) != null) {
            throw new UnsupportedOperationException("the gradient of the table of n-grams " + name
                    + " is that of the rows of a batch, and cannot be set");
        }
        System.arraycopy(source, 0, gradients(), offsets[index], source.length);
    }

    @Override
    public RowGradient readRowGradient(String name) {
        SparseTable table = tables.ofParameter(index(name));
        return table == null ? ParameterStore.super.readRowGradient(name) : table.copyGradient();
    }

    @Override
    public void writeRowGradient(String name, RowGradient gradient) {
        SparseTable table = tables.ofParameter(index(name));
        if (table == null) {
            ParameterStore.super.writeRowGradient(name, gradient);
        } else {
            table.setGradient(gradient);
        }
    }

    @Override
    public double gradientNorm() {
        return sums.norm(gradients());
    }

    @Override
    public void accumulateGradients(float weight) {
        sums.accumulate(gradients(), weight);
    }

    @Override
    public void addWeighted(float[] x, int from, int length, float weight, float[] sum, int to) {
        GradientSums.addWeighted(x, from, length, weight, sum, to);
    }

    @Override
    public void mergeAccumulatedGradients(float weight) {
        sums.merge(gradients(), weight);
    }

    @Override
    public void update(ParameterGroups next, long number, double factor, double scale) {
        gradients();
        partition();
        updates.begin(next, number, factor, scale);
        tables.begin(updates.rules(), states);
        updates.updateWhole();
        team.run(trainedBlocks, updateJob);
        team.run(tables.tasks(), updateTableJob);
        packNatives(false);
    }

    private void updateTablePart(int task, int worker) {
        tables.update(task, updates.rules(), states, kernels[worker]);
    }

    @Override
    public void readMoment(String name, int order, float[] destination) {
        System.arraycopy(updates.moment(index(name), order, destination.length), 0, destination, 0, destination.length);
    }

    @Override
    public void writeMoment(String name, int order, float[] source) {
        System.arraycopy(source, 0, updates.moment(index(name), order, source.length), 0, source.length);
    }

    private void updateBlock(int task, int worker) {
        Block block = blocks.get(task);
        int from = block.from * unit(block);
        int length = (block.to - block.from) * unit(block);
        for (int done = 0; done < length; done += BLOCK) {
            updates.update(block.parameter, from + done, Math.min(BLOCK, length - done), worker);
        }
        packBlock(task, worker);
    }

    /** The elements of a row of a packed matrix; 1 of any other parameter. */
    private int unit(Block block) {
        PackedWeight weight = packed[block.parameter];
        return weight == null ? 1 : weight.columns();
    }

    /** Packs the matrices again if values were written since the last call. */
    void prepare() {
        if (stale) {
            packStale();
        }
    }

    /** Decoders may call this concurrently: one packs and the others wait. */
    private synchronized void packStale() {
        if (stale) {
            partition();
            team.run(blocks.size(), packJob);
            packNatives(true);
            stale = false;
        }
    }

    private void packNatives(boolean all) {
        if (natives != null) {
            natives.pack(values, all);
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
        addBlocks(list, false);
        trainedBlocks = list.size();
        addBlocks(list, true);
        blocks = list;
        blocksCurrent = true;
    }

    private void addBlocks(List<Block> list, boolean frozen) {
        for (int i = 0; i < specs.size(); i++) {
            if (specs.get(i).frozen() != frozen) {
                continue;
            }
            PackedWeight weight = packed[i];
            int length =
                    weight != null ? weight.rows() : isFlat(i) ? specs.get(i).elements() : 0;
            int size = weight == null ? BLOCK : weight.forward().width();
            for (int from = 0; from < length; from += size) {
                list.add(new Block(i, from, Math.min(length, from + size)));
            }
        }
    }

    /**
     * The panels of a matrix for {@code x W^T}, and with {@code transposed} also for {@code dy W}. Decoders may call
     * this concurrently, and share the panels.
     */
    synchronized PackedWeight pack(String name, boolean transposed) {
        int index = index(name);
        PackedWeight weight = packed[index];
        if (weight == null) {
            weight = new PackedWeight(specs.get(index), kernels[0].panelWidth(), panels);
            packed[index] = weight;
            blocksCurrent = false;
            stale = true;
        }
        if (transposed && weight.addTransposed()) {
            stale = true;
        }
        return weight;
    }

    /**
     * The weights of {@code x W^T}, or with {@code transposed} of {@code dy W}, in a graph that runs on whole batches:
     * those of native code if there is any.
     *
     * @throws NanogptException if rounded weights are to be trained
     */
    synchronized Factor batchFactor(String name, boolean transposed) {
        int index = index(name);
        if (natives == null) {
            return factor(name, transposed);
        }
        stale = true;
        return natives.factor(specs.get(index), offsets[index], transposed);
    }

    /** The native code that multiplies in graphs that run on whole batches; null where there is none. */
    @Nullable
    MatrixProducts products() {
        return natives == null ? null : natives.products();
    }

    /**
     * The weights of {@code x W^T}, or with {@code transposed} of {@code dy W}.
     *
     * @throws NanogptException if rounded weights are to be trained
     */
    Factor factor(String name, boolean transposed) {
        RoundedWeight weight = rounded[index(name)];
        if (weight == null) {
            PackedWeight floats = pack(name, transposed);
            return transposed ? floats.transposed() : floats.forward();
        }
        if (transposed) {
            throw untrainable(weight);
        }
        return weight;
    }

    private static NanogptException untrainable(RoundedWeight weight) {
        return new NanogptException("the weights of this model are kept in "
                + weight.precision().name().toLowerCase(Locale.ROOT) + " and cannot be trained; load it in f32");
    }

    /** The rows of a table of embeddings. */
    EmbeddingOperations.Rows rows(String name) {
        int index = index(name);
        RoundedWeight weight = rounded[index];
        return weight != null
                ? weight
                : new EmbeddingOperations.FloatRows(
                        values(index), offset(index), specs.get(index).shape().size(1));
    }

    /** All parameters but tables of n-grams and rounded matrices, flat. */
    float[] values() {
        return values;
    }

    private float[] values(int index) {
        SparseTable table = tables.ofParameter(index);
        return table == null ? values : table.values();
    }

    /** The table of a name; null if this is any other parameter. */
    @Nullable
    SparseTable table(String name) {
        return tables.ofParameter(index(name));
    }

    /** Makes room for the gradients of tables, for batches of this many tokens. */
    void reserveTableGradients(int tokens) {
        tables.reserve(tokens);
    }

    /** All gradients but those of tables of n-grams, flat; allocated on first use. */
    float[] gradients() {
        if (gradients.length != trained) {
            for (RoundedWeight weight : rounded) {
                if (weight != null) {
                    throw untrainable(weight);
                }
            }
            gradients = new float[trained];
            for (int i = 0; i < states.length; i++) {
                if (tables.ofParameter(i) == null) {
                    states[i][1] = gradients;
                }
            }
        }
        return gradients;
    }

    int offset(String name) {
        return offset(index(name));
    }

    private int offset(int index) {
        return tables.ofParameter(index) == null ? offsets[index] : 0;
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
