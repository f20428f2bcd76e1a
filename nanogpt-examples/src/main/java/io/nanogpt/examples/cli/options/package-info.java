/**
 * Groups of options that several verbs share, as picocli mixins, and the types of their values. Each group turns its
 * options into settings of the api. Imports the api and the sample captions. Start reading at
 * {@link io.nanogpt.examples.cli.options.ArchitectureOptions}.
 */
@NullMarked
package io.nanogpt.examples.cli.options;

import org.jspecify.annotations.NullMarked;
