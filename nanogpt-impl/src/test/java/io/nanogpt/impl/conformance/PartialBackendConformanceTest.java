package io.nanogpt.impl.conformance;

import io.nanogpt.graph.Graph;
import io.nanogpt.graph.Node;
import io.nanogpt.graph.OpType;
import io.nanogpt.impl.cpu.CpuBackend;
import io.nanogpt.spi.Backend;
import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A backend that lacks operations passes with what it has, and by refusing the rest. */
class PartialBackendConformanceTest extends BackendConformance {
    private static final Set<OpType> LACKING = EnumSet.of(OpType.LSTM, OpType.RMS_NORM_INPUT_GRAD, OpType.GELU);

    @Override
    protected Stream<Opener> openers() {
        return Stream.of(new Opener("partial", () -> partial(CpuBackend.open(1))));
    }

    @Override
    protected Set<OpType> unsupported() {
        return LACKING;
    }

    private static Backend partial(Backend whole) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("supports")) {
                        return !LACKING.contains(arguments[0]);
                    }
                    if (method.getName().equals("compile")) {
                        requireSupported((Graph) arguments[0]);
                    }
                    return method.invoke(whole, arguments);
                });
    }

    private static void requireSupported(Graph graph) {
        Set<OpType> missing = graph.nodes().stream()
                .map(Node::type)
                .filter(LACKING::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!missing.isEmpty()) {
            throw new UnsupportedOperationException("this backend lacks " + missing);
        }
    }
}
