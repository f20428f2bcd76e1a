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
    }

    /** Temperature 1, everything can be drawn, 200 tokens. */
    public static GenerationOptions defaults() {
        return DEFAULTS;
    }

    /** Always the most likely token. */
    public static GenerationOptions greedy() {
        return temperature(0);
    }

    /** Draws at a temperature; 0 is greedy. */
    public static GenerationOptions temperature(double value) {
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
    public GenerationOptions withTemperature(double value) {
        return withSampling(sampling.withTemperature(value));
    }

    /** Draws among the {@code value} most likely ids. */
    public GenerationOptions withTopK(int value) {
        return withSampling(sampling.withTopK(value));
    }

    /** Draws among the most likely ids that have this share of the probability together. */
    public GenerationOptions withTopP(double value) {
        return withSampling(sampling.withTopP(value));
    }

    /** Draws among ids that are at least this share as likely as the most likely one. */
    public GenerationOptions withMinP(double value) {
        return withSampling(sampling.withMinP(value));
    }

    /** Draws among the ids of typical surprise that have this share of the probability together. */
    public GenerationOptions withTypical(double value) {
        return withSampling(sampling.withTypical(value));
    }

    /** Chooses ids in place of temperature, top-k and the like. */
    public GenerationOptions withSampler(Sampler value) {
        return withSampling(sampling.withSampler(value));
    }

    /** Makes ids of prompt and continuation less likely. */
    public GenerationOptions withRepetitionPenalty(double value) {
        return withPenalties(penalties.withRepetition(value));
    }

    /** Makes ids less likely for each time they stand in the continuation. */
    public GenerationOptions withFrequencyPenalty(double value) {
        return withPenalties(penalties.withFrequency(value));
    }

    /** Makes ids less likely that stand in the continuation. */
    public GenerationOptions withPresencePenalty(double value) {
        return withPenalties(penalties.withPresence(value));
    }

    /** No sequence of {@code value} ids occurs twice. */
    public GenerationOptions withNoRepeatNgram(int value) {
        return withPenalties(penalties.withNoRepeatNgram(value));
    }

    /** This text does not occur in the continuation. May be called several times. */
    public GenerationOptions withForbidden(String text) {
        return withConstraints(constraints.withForbidden(text));
    }

    /** The continuation is the beginning of a match of this expression, and ends as one where nothing more can follow. */
    public GenerationOptions withPattern(Pattern value) {
        return withConstraints(constraints.withPattern(value));
    }

    /** Changes the logits of every step. May be called several times. */
    public GenerationOptions withProcessor(LogitsProcessor value) {
        return withConstraints(constraints.withProcessor(value));
    }

    /** Generates at most {@code value} tokens. */
    public GenerationOptions withMaxTokens(int value) {
        return withOutput(output.withMaxTokens(value));
    }

    /** Ends before {@code text}, which is left out of the output. May be called several times. */
    public GenerationOptions withStop(String text) {
        return withOutput(output.withStop(text));
    }

    /**
     * Whether generation ends at the end of a record, for a model that was trained on the records of a
     * {@link io.nanogpt.data.Corpus}; true by default. With false it goes on, and the text shows the separator between
     * records.
     */
    public GenerationOptions withRecordEnd(boolean value) {
        return withOutput(output.withRecordEnd(value));
    }

    /**
     * Generates for at most this time: once it is over, the text so far is the result, also where it is empty. It is looked
     * at after every token, so that a call takes longer by at most one token. Each sample has this time for itself; a beam
     * search gives the best continuations that it has by then. No limit by default.
     */
    public GenerationOptions withTimeout(Duration value) {
        return withOutput(output.withTimeout(value));
    }

    /** Each token carries its log-probability and those of the {@code best} most likely ids. */
    public GenerationOptions withLogProbabilities(int best) {
        return withOutput(output.withLogProbabilities(best));
    }

    /** Another seed. */
    public GenerationOptions withSeed(long value) {
        return new GenerationOptions(sampling, penalties, constraints, output, value);
    }

    /** Another way to choose. */
    public GenerationOptions withSampling(SamplingOptions value) {
        return new GenerationOptions(value, penalties, constraints, output, seed);
    }

    /** Other penalties. */
    public GenerationOptions withPenalties(PenaltyOptions value) {
        return new GenerationOptions(sampling, value, constraints, output, seed);
    }

    /** Other constraints. */
    public GenerationOptions withConstraints(ConstraintOptions value) {
        return new GenerationOptions(sampling, penalties, value, output, seed);
    }

    /** Another output. */
    public GenerationOptions withOutput(OutputOptions value) {
        return new GenerationOptions(sampling, penalties, constraints, value, seed);
    }
}
