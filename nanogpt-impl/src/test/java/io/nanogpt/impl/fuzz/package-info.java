/**
 * Fuzz tests of every parser of files that others wrote. They run apart from the other tests, one program each, with
 * {@code mvn -Pfuzz}; what they share is {@link io.nanogpt.impl.fuzz.Untrusted}.
 */
package io.nanogpt.impl.fuzz;
