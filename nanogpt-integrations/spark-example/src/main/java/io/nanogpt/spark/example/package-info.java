/** An application for {@code spark-submit}: start at {@link io.nanogpt.spark.example.CaptionsOnSpark}. */
@NullMarked
package io.nanogpt.spark.example;

import org.jspecify.annotations.NullMarked;
