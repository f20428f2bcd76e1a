/**
 * The library on a cluster of Apache Spark: tokenizing, training, generating and sweeps, with the bytes that one machine gives.
 * Start at {@link io.nanogpt.spark.SparkNanogpt}. {@link io.nanogpt.spark.NanogptGenerator} and
 * {@link io.nanogpt.spark.NanogptTokenCounter} are stages of pipelines of Spark ML.
 *
 * <p>Files are those of Hadoop file systems, named by absolute URIs; a task copies them to and from its machine. Each task
 * writes under a name of its own and renames what is complete, so that tasks can be killed, repeated and speculated on.
 */
@NullMarked
package io.nanogpt.spark;

import org.jspecify.annotations.NullMarked;
