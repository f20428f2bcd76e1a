/** A sample corpus that is generated, so that the command line and the studies run without any file. Imports nothing. */
@NullMarked
package io.nanogpt.examples.samples;

import org.jspecify.annotations.NullMarked;
