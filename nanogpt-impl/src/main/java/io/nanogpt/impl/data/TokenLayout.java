package io.nanogpt.impl.data;

import io.nanogpt.data.Tokenization.TokenDtype;

/**
 * Where the ids of a token file lie.
 *
 * @param dtype of the ids
 * @param begin offset of the first id in bytes
 * @param count number of ids
 */
record TokenLayout(TokenDtype dtype, long begin, long count) {}
