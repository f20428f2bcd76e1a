/**
 * What every backend is held to: a backend's test extends {@link io.nanogpt.impl.conformance.BackendConformance} and
 * says how it is opened.
 */
@NullMarked
package io.nanogpt.impl.conformance;

import org.jspecify.annotations.NullMarked;
