package io.nanogpt.impl.train;

import io.nanogpt.spi.ParameterSource;

/**
 * The weights that a run begins with, in place of random ones. Parameters that the source lacks are drawn.
 *
 * @param source must stay as it is while they are copied
 * @param identity tells them from others
 */
public record GivenWeights(ParameterSource source, String identity) {}
