package com.example;

import io.nanogpt.impl.conformance.BackendConformance;
import io.nanogpt.spi.BackendProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** The example backend passes the suite that every backend is held to. */
@Tag("any-jdk")
class TimedBackendConformanceTest extends BackendConformance {
    @Override
    protected Stream<Opener> openers() {
        return Stream.of(
                new Opener("timed", () -> BackendProvider.named("timed").open(2)));
    }
}
