package io.nanogpt.spi;

import io.nanogpt.generate.Sampler;
import java.util.Objects;
import java.util.Optional;

/**
 * Sampling of a token: the logits are divided by the temperature, the distribution is filtered by top-k, top-p, min-p
 * and typical sampling in this order, and an id is drawn from the rest. Of equally likely ids, the lower one ranks
 * first. Immutable.
 *
 * @param temperature divisor of the logits; 0 is greedy; 1 by default
 * @param topK keeps the {@code min(topK, vocabulary)} most likely ids; no limit by default
 * @param topP keeps the fewest most likely ids whose probabilities add up to at least this share (nucleus sampling,
 *     Holtzman et al. 2020); in (0, 1]; 1, the default, keeps all
 * @param minP keeps the ids whose probability is at least this share of the largest (Nguyen et al. 2024); in [0, 1); 0
 *     by default
 * @param typical keeps the fewest ids whose surprisal is closest to the entropy and whose probabilities add up to at
 *     least this share (Meister et al. 2023); in (0, 1]; 1 by default
 * @param sampler replaces all of the above; none by default
 */
public record SamplingOptions(
        double temperature, int topK, double topP, double minP, double typical, Optional<Sampler> sampler) {
    private static final SamplingOptions DEFAULTS =
            new SamplingOptions(1, Integer.MAX_VALUE, 1, 0, 1, Optional.empty());

    public SamplingOptions {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature must be at least 0, but is " + temperature);
        }
        if (topK < 1) {
            throw new IllegalArgumentException("topK must be at least 1, but is " + topK);
        }
        share("topP", topP);
        if (!(minP >= 0 && minP < 1)) {
            throw new IllegalArgumentException("minP must be in [0, 1), but is " + minP);
        }
        share("typical", typical);
        Objects.requireNonNull(sampler, "sampler");
    }

    /** Returns the defaults: temperature 1, no filters. */
    public static SamplingOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a copy with this temperature. */
    public SamplingOptions withTemperature(double value) {
        return new SamplingOptions(value, topK, topP, minP, typical, sampler);
    }

    /** Returns a copy with this top-k. */
    public SamplingOptions withTopK(int value) {
        return new SamplingOptions(temperature, value, topP, minP, typical, sampler);
    }

    /** Returns a copy with this top-p. */
    public SamplingOptions withTopP(double value) {
        return new SamplingOptions(temperature, topK, value, minP, typical, sampler);
    }

    /** Returns a copy with this min-p. */
    public SamplingOptions withMinP(double value) {
        return new SamplingOptions(temperature, topK, topP, value, typical, sampler);
    }

    /** Returns a copy with this share for typical sampling. */
    public SamplingOptions withTypical(double value) {
        return new SamplingOptions(temperature, topK, topP, minP, value, sampler);
    }

    /** Returns a copy with this sampler. */
    public SamplingOptions withSampler(Sampler value) {
        return new SamplingOptions(
                temperature, topK, topP, minP, typical, Optional.of(Objects.requireNonNull(value, "sampler")));
    }

    private static void share(String name, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be above 0 and at most 1, but is " + value);
        }
    }
}
