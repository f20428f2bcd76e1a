package com.example;

import io.nanogpt.impl.conformance.BackendConformance;
import io.nanogpt.spi.BackendProvider;
import java.util.stream.Stream;

/** The example backend passes the suite that every backend is held to. */
class TimedBackendConformanceTest extends BackendConformance {
    @Override
    protected Stream<Opener> openers() {
        return Stream.of(
                new Opener("timed", () -> BackendProvider.named("timed").open(2)));
    }
}
