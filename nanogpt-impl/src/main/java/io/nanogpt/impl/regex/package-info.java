/**
 * Regular expressions in linear time: a parser of the syntax of {@code java.util.regex} and of Oniguruma, an automaton
 * for what has no back references and looks at most one character ahead, and {@code java.util.regex} with a limit for
 * the rest. Start reading at {@link io.nanogpt.impl.regex.PatternSearch}. Imports no other package of the
 * implementation.
 */
@NullMarked
package io.nanogpt.impl.regex;

import org.jspecify.annotations.NullMarked;
