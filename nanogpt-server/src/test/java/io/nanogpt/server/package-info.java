/** Tests of the server, over HTTP as clients use it. */
@NullMarked
package io.nanogpt.server;

import org.jspecify.annotations.NullMarked;
