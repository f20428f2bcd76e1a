/**
 * The five systems that this library stands in for, each as one program with the settings of its source, and a page in
 * {@code docs/systems}; and {@link io.nanogpt.examples.systems.RecipeStudy}, which takes the recipes of this library apart
 * for {@code docs/recipe.md}. Each begins with {@code main}; start reading at {@link io.nanogpt.examples.systems.Homework3}.
 * Imports the api, and of the command line what relaunches, reports progress and has the sample captions.
 */
@NullMarked
package io.nanogpt.examples.systems;

import org.jspecify.annotations.NullMarked;
