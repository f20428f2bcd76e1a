/**
 * The order in which sequences are decoded. {@link io.nanogpt.impl.schedule.Scheduler} has the places of a model and
 * the line before them, and steps every sequence of every caller together; a caller has a
 * {@link io.nanogpt.impl.schedule.Session} and feeds its {@link io.nanogpt.impl.schedule.Sequence}s. There are no
 * threads: whoever waits computes for all. Start reading at the scheduler. Imports the api ({@code spi},
 * {@code generate}) alone.
 */
@NullMarked
package io.nanogpt.impl.schedule;

import org.jspecify.annotations.NullMarked;
