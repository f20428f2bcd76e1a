package io.nanogpt.generate;

import io.nanogpt.spi.ConstraintOptions;
import io.nanogpt.spi.OutputOptions;
import io.nanogpt.spi.PenaltyOptions;
import io.nanogpt.spi.SamplingOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Options of text generation. Immutable.
 *
 * <p>Each step applies penalties, then constraints and processors, then sampling.
 *
 * @param sampling temperature, top-k and other filters
 * @param penalties penalties on tokens that already occurred
 * @param constraints forbidden texts, a pattern or a JSON schema, and logits processors
 * @param output maximum length, stop texts, timeout and log-probabilities
 * @param seed seed of the draws; 1337 by default
 */
public record GenerationOptions(
        SamplingOptions sampling,
        PenaltyOptions penalties,
        ConstraintOptions constraints,
        OutputOptions output,
        long seed) {
    private static final GenerationOptions DEFAULTS = new GenerationOptions(
            SamplingOptions.defaults(),
            PenaltyOptions.none(),
            ConstraintOptions.none(),
            OutputOptions.defaults(),
            1337);

    public GenerationOptions {
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(penalties, "penalties");
        Objects.requireNonNull(constraints, "constraints");
        Objects.requireNonNull(output, "output");
        if (constraints.jsonSchema().isPresent() && !output.stops().isEmpty()) {
            throw new IllegalArgumentException(
                    "a stop text could cut the JSON value in two, which ends by itself; leave out the stop texts "
                            + output.stops() + " or the JSON schema");
        }
    }

    /** Returns the defaults: temperature 1, no filters, 200 tokens. */
    public static GenerationOptions defaults() {
        return DEFAULTS;
    }

    /** Returns options that always choose the most likely token. */
    public static GenerationOptions greedy() {
        return temperature(0);
    }

    /** Returns the defaults with this temperature; 0 is greedy. */
    public static GenerationOptions temperature(double value) {
        return DEFAULTS.withTemperature(value);
    }

    /** Returns the temperature. */
    public double temperature() {
        return sampling.temperature();
    }

    /** Returns the number of most likely ids to draw from. */
    public int topK() {
        return sampling.topK();
    }

    /** Returns the maximum number of tokens to generate. */
    public int maxTokens() {
        return output.maxTokens();
    }

    /** Returns the texts before which generation ends. */
    public List<String> stops() {
        return output.stops();
    }

    /**
     * Returns the number of most likely ids whose log-probabilities each token has; empty without log-probabilities.
     */
    public OptionalInt logProbabilities() {
        return output.logProbabilities();
    }

    /** Returns a copy with this temperature; 0 is greedy. */
    public GenerationOptions withTemperature(double value) {
        return withSampling(sampling.withTemperature(value));
    }

    /** Returns a copy that draws from the {@code value} most likely ids. */
    public GenerationOptions withTopK(int value) {
        return withSampling(sampling.withTopK(value));
    }

    /** Returns a copy that draws from the fewest most likely ids whose probabilities add up to this share. */
    public GenerationOptions withTopP(double value) {
        return withSampling(sampling.withTopP(value));
    }

    /** Returns a copy that draws from the ids whose probability is at least this share of the largest. */
    public GenerationOptions withMinP(double value) {
        return withSampling(sampling.withMinP(value));
    }

    /** Returns a copy that draws from the ids of typical surprisal whose probabilities add up to this share. */
    public GenerationOptions withTypical(double value) {
        return withSampling(sampling.withTypical(value));
    }

    /** Returns a copy with this sampler, which replaces temperature, top-k and the other filters. */
    public GenerationOptions withSampler(Sampler value) {
        return withSampling(sampling.withSampler(value));
    }

    /** Returns a copy with this penalty on ids in the prompt or the continuation. */
    public GenerationOptions withRepetitionPenalty(double value) {
        return withPenalties(penalties.withRepetition(value));
    }

    /** Returns a copy with this penalty on ids for each occurrence in the continuation. */
    public GenerationOptions withFrequencyPenalty(double value) {
        return withPenalties(penalties.withFrequency(value));
    }

    /** Returns a copy with this penalty on ids in the continuation. */
    public GenerationOptions withPresencePenalty(double value) {
        return withPenalties(penalties.withPresence(value));
    }

    /** Returns a copy in which no sequence of {@code value} ids occurs twice. */
    public GenerationOptions withNoRepeatNgram(int value) {
        return withPenalties(penalties.withNoRepeatNgram(value));
    }

    /** Returns a copy with one more text that must not occur in the continuation. */
    public GenerationOptions withForbidden(String text) {
        return withConstraints(constraints.withForbidden(text));
    }

    /**
     * Returns a copy with this pattern: the continuation is a prefix of a match, and generation ends at a match that
     * nothing can extend.
     */
    public GenerationOptions withPattern(Pattern value) {
        return withConstraints(constraints.withPattern(value));
    }

    /**
     * Returns a copy with this JSON schema: the continuation is one JSON value that fits it, without white space, and
     * generation ends when the value is complete. When few tokens are left, only those are drawn that complete it in
     * time; {@link #withTimeout} and an interrupt still cut it. Special tokens and the end of a record are not
     * generated. Excludes a pattern and stop texts.
     */
    public GenerationOptions withJsonSchema(JsonSchema value) {
        return withConstraints(constraints.withJsonSchema(value));
    }

    /** Returns a copy with one more processor of the logits of every step. */
    public GenerationOptions withProcessor(LogitsProcessor value) {
        return withConstraints(constraints.withProcessor(value));
    }

    /** Returns a copy that generates at most {@code value} tokens. */
    public GenerationOptions withMaxTokens(int value) {
        return withOutput(output.withMaxTokens(value));
    }

    /** Returns a copy with one more stop text, before which generation ends; the output excludes it. */
    public GenerationOptions withStop(String text) {
        return withOutput(output.withStop(text));
    }

    /**
     * Returns a copy that ends at the model's own end or not: the end of a record, for a model that was trained on the
     * records of a {@link io.nanogpt.data.Corpus}, and {@link io.nanogpt.LanguageModel#endTokens}; true by default. With
     * false, generation goes on, and the output contains the separator between records or the text of the token.
     */
    public GenerationOptions withRecordEnd(boolean value) {
        return withOutput(output.withRecordEnd(value));
    }

    /**
     * Returns a copy with this time limit, at which generation ends and returns the text so far, even if it is empty.
     * The time is checked after every token. The limit applies to each sample; a beam search returns its best
     * continuations so far. No limit by default.
     */
    public GenerationOptions withTimeout(Duration value) {
        return withOutput(output.withTimeout(value));
    }

    /** Returns a copy in which each token has its log-probability and those of the {@code best} most likely ids. */
    public GenerationOptions withLogProbabilities(int best) {
        return withOutput(output.withLogProbabilities(best));
    }

    /** Returns a copy with this choice of what counts beyond the context; {@link Window#sliding} by default. */
    public GenerationOptions withWindow(Window value) {
        return withOutput(output.withWindow(value));
    }

    /** Returns a copy with this seed. */
    public GenerationOptions withSeed(long value) {
        return new GenerationOptions(sampling, penalties, constraints, output, value);
    }

    /** Returns a copy with these sampling options. */
    public GenerationOptions withSampling(SamplingOptions value) {
        return new GenerationOptions(value, penalties, constraints, output, seed);
    }

    /** Returns a copy with these penalties. */
    public GenerationOptions withPenalties(PenaltyOptions value) {
        return new GenerationOptions(sampling, value, constraints, output, seed);
    }

    /** Returns a copy with these constraints. */
    public GenerationOptions withConstraints(ConstraintOptions value) {
        return new GenerationOptions(sampling, penalties, value, output, seed);
    }

    /** Returns a copy with these output options. */
    public GenerationOptions withOutput(OutputOptions value) {
        return new GenerationOptions(sampling, penalties, constraints, value, seed);
    }
}
