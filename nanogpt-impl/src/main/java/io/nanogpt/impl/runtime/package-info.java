/**
 * Puts the rooms together behind the api: {@link io.nanogpt.impl.runtime.NanogptLibrary} is what
 * {@link java.util.ServiceLoader} finds and where to start reading. May import every other room; no room imports it.
 */
@NullMarked
package io.nanogpt.impl.runtime;

import org.jspecify.annotations.NullMarked;
