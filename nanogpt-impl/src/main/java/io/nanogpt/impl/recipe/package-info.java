/**
 * The recipe for a corpus of a size and an amount of computation: sizes that our own runs found, which {@code
 * docs/recipe.md} lists. Start reading at {@link io.nanogpt.impl.recipe.RecipeChooser}. Imports nothing of the
 * implementation.
 */
@NullMarked
package io.nanogpt.impl.recipe;

import org.jspecify.annotations.NullMarked;
