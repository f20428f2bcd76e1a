package io.nanogpt.generate;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Options of generation. Immutable: each method with an argument returns a new one.
 *
 * <p>At every step penalties come first, then constraints and processors, then the choice.
 *
 * @param sampling how an id is chosen
 * @param penalties what makes ids less likely that were there before
 * @param constraints what a continuation must be like
 * @param output how long it is and what is told of it
 * @param seed of the draws; 1337 by default
 */
public record Generation(Sampling sampling, Penalties penalties, Constraints constraints, Output output, long seed) {
    private static final Generation DEFAULTS =
            new Generation(Sampling.defaults(), Penalties.none(), Constraints.none(), Output.defaults(), 1337);

    public Generation {
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(penalties, "penalties");
        Objects.requireNonNull(constraints, "constraints");
        Objects.requireNonNull(output, "output");
    }

    /** Temperature 1, everything can be drawn, 200 tokens. */
    public static Generation defaults() {
        return DEFAULTS;
    }

    /** Always the most likely token. */
    public static Generation greedy() {
        return temperature(0);
    }

    /** Draws at a temperature; 0 is greedy. */
    public static Generation temperature(double value) {
        return DEFAULTS.withTemperature(value);
    }

    /** The temperature. */
    public double temperature() {
        return sampling.temperature();
    }

    /** The number of most likely ids that are drawn. */
    public int topK() {
        return sampling.topK();
    }

    /** The most tokens to generate. */
    public int maxTokens() {
        return output.maxTokens();
    }

    /** Texts before which generation ends. */
    public List<String> stops() {
        return output.stops();
    }

    /** How many most likely ids each token carries, where it carries log-probabilities. */
    public OptionalInt logProbabilities() {
        return output.logProbabilities();
    }

    /** The same options at another temperature. */
    public Generation withTemperature(double value) {
        return with(sampling.withTemperature(value));
    }

    /** Draws among the {@code value} most likely ids. */
    public Generation topK(int value) {
        return with(sampling.withTopK(value));
    }

    /** Draws among the most likely ids that have this share of the probability together. */
    public Generation topP(double value) {
        return with(sampling.withTopP(value));
    }

    /** Draws among ids that are at least this share as likely as the most likely one. */
    public Generation minP(double value) {
        return with(sampling.withMinP(value));
    }

    /** Draws among the ids of typical surprise that have this share of the probability together. */
    public Generation typical(double value) {
        return with(sampling.withTypical(value));
    }

    /** Chooses ids in place of temperature, top-k and the like. */
    public Generation sampler(Sampler value) {
        return with(sampling.withSampler(value));
    }

    /** Makes ids of prompt and continuation less likely. */
    public Generation repetitionPenalty(double value) {
        return with(penalties.withRepetition(value));
    }

    /** Makes ids less likely for each time they stand in the continuation. */
    public Generation frequencyPenalty(double value) {
        return with(penalties.withFrequency(value));
    }

    /** Makes ids less likely that stand in the continuation. */
    public Generation presencePenalty(double value) {
        return with(penalties.withPresence(value));
    }

    /** No sequence of {@code value} ids occurs twice. */
    public Generation noRepeatNgram(int value) {
        return with(penalties.withNoRepeatNgram(value));
    }

    /** This text does not occur in the continuation. May be called several times. */
    public Generation forbid(String text) {
        return with(constraints.withForbidden(text));
    }

    /** The continuation is the beginning of a match of this expression, and ends as one where nothing more can follow. */
    public Generation matching(Pattern value) {
        return with(constraints.withPattern(value));
    }

    /** Changes the logits of every step. May be called several times. */
    public Generation processor(LogitsProcessor value) {
        return with(constraints.withProcessor(value));
    }

    /** Generates at most {@code value} tokens. */
    public Generation maxTokens(int value) {
        return with(output.withMaxTokens(value));
    }

    /** Ends before {@code text}, which is left out of the output. May be called several times. */
    public Generation stop(String text) {
        return with(output.withStop(text));
    }

    /** Each token carries its log-probability and those of the {@code best} most likely ids. */
    public Generation logProbabilities(int best) {
        return with(output.withLogProbabilities(best));
    }

    /** Another seed. */
    public Generation seed(long value) {
        return new Generation(sampling, penalties, constraints, output, value);
    }

    /** Another way to choose. */
    public Generation with(Sampling value) {
        return new Generation(value, penalties, constraints, output, seed);
    }

    /** Other penalties. */
    public Generation with(Penalties value) {
        return new Generation(sampling, value, constraints, output, seed);
    }

    /** Other constraints. */
    public Generation with(Constraints value) {
        return new Generation(sampling, penalties, value, output, seed);
    }

    /** Another output. */
    public Generation with(Output value) {
        return new Generation(sampling, penalties, constraints, value, seed);
    }
}
