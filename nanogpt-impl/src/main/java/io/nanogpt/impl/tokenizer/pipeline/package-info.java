/**
 * Tokenizers as the stages of a {@code tokenizer.json}: added tokens are found, a normalizer changes the text between
 * them, a pre-tokenizer cuts it into pieces, a model gives them ids, a post-processor adds special tokens, and a decoder
 * makes text of tokens. Each stage gives the results of Hugging Face tokenizers. Start reading at
 * {@link io.nanogpt.impl.tokenizer.pipeline.PipelineTokenizer}.
 */
@NullMarked
package io.nanogpt.impl.tokenizer.pipeline;

import org.jspecify.annotations.NullMarked;
