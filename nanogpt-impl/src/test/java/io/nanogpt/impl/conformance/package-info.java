/**
 * The conformance suite of backends: a backend's test extends {@link io.nanogpt.impl.conformance.BackendConformance}
 * and opens the backend.
 */
@NullMarked
package io.nanogpt.impl.conformance;

import org.jspecify.annotations.NullMarked;
