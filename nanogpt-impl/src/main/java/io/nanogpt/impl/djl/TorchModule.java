package io.nanogpt.impl.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.nanogpt.NanogptException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A {@link Program} compiled by PyTorch. Its methods may be called by several threads at once. */
final class TorchModule implements AutoCloseable {
    private final PtSymbolBlock block;

    private TorchModule(PtSymbolBlock block) {
        this.block = block;
    }

    static TorchModule load(NDManager manager, Program program) {
        try {
            return new TorchModule(JniUtils.loadModule(
                    (PtNDManager) manager, new ByteArrayInputStream(program.archive()), false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (EngineException e) {
            throw failed(e);
        }
    }

    /** The arguments of one call, which frees them. */
    static final class Arguments implements AutoCloseable {
        private final List<IValue> values = new ArrayList<>();

        Arguments add(NDArray array) {
            values.add(IValue.from((PtNDArray) array));
            return this;
        }

        Arguments add(List<? extends NDArray> arrays) {
            values.add(
                    IValue.listFrom(arrays.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new)));
            return this;
        }

        Arguments add(long value) {
            values.add(IValue.from(value));
            return this;
        }

        Arguments add(double value) {
            values.add(IValue.from(value));
            return this;
        }

        Arguments add(boolean value) {
            values.add(IValue.from(value));
            return this;
        }

        Arguments addAll(long... list) {
            values.add(IValue.listFrom(list));
            return this;
        }

        Arguments addAll(double... list) {
            values.add(IValue.listFrom(list));
            return this;
        }

        @Override
        public void close() {
            values.forEach(IValue::close);
        }
    }

    /** Calls a method; the manager owns its results. */
    NDList call(String method, Arguments arguments, NDManager manager) {
        // The optimizing executor profiles the first calls and then runs other code, whose sums may differ in their
        // last bits. The setting is per thread; the default is restored for other users of DJL on it.
        JniUtils.setGraphExecutorOptimize(false);
        try (arguments;
                IValue result = IValueUtils.runMethod(block, method, arguments.values.toArray(IValue[]::new))) {
            return result.toNDList((PtNDManager) manager);
        } catch (EngineException e) {
            throw failed(e);
        } finally {
            JniUtils.setGraphExecutorOptimize(true);
        }
    }

    private static NanogptException failed(EngineException e) {
        return new NanogptException("PyTorch failed: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        block.close();
    }
}
