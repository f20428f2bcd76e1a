/**
 * JSON schemas as automata over the bytes of UTF-8, which decide which tokens may follow. Start reading at
 * {@link io.nanogpt.impl.jsonschema.AllowedTokens}; {@code SchemaCompiler} makes a program of a schema. Imports
 * {@code files} and {@code regex}.
 */
@NullMarked
package io.nanogpt.impl.jsonschema;

import org.jspecify.annotations.NullMarked;
