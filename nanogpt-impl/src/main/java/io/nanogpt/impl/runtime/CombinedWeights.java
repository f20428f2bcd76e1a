package io.nanogpt.impl.runtime;

import io.nanogpt.graph.ParameterSpec;
import io.nanogpt.spi.ParameterSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The weights of a model and of its adapter. */
final class CombinedWeights implements ParameterSource {
    private final List<ParameterSpec> specs;
    private final ParameterSource base;
    private final ParameterSource adapter;
    private final Set<String> ofAdapter = new HashSet<>();

    CombinedWeights(List<ParameterSpec> specs, ParameterSource base, ParameterSource adapter) {
        this.specs = List.copyOf(specs);
        this.base = base;
        this.adapter = adapter;
        adapter.specs().forEach(spec -> ofAdapter.add(spec.name()));
    }

    @Override
    public List<ParameterSpec> specs() {
        return specs;
    }

    @Override
    public void read(String name, float[] destination) {
        (ofAdapter.contains(name) ? adapter : base).read(name, destination);
    }
}
