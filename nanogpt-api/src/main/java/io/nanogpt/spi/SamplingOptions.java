package io.nanogpt.spi;

import io.nanogpt.generate.Sampler;
import java.util.Objects;
import java.util.Optional;

/**
 * How one id is chosen: the logits are divided by the temperature, then top-k, top-p, min-p and typical each keep a part
 * of the distribution that the one before left, and an id is drawn from what remains. Among equals the lower id counts
 * as the more likely.
 *
 * @param temperature divides the logits; 0 is greedy; 1 by default
 * @param topK only the {@code min(topK, vocabulary)} most likely ids are drawn; no limit by default
 * @param topP only the fewest most likely ids whose probabilities add up to at least this share (nucleus sampling,
 *     Holtzman et al. 2020); in (0, 1], 1 by default, which keeps all
 * @param minP only ids that are at least this share as likely as the most likely one (Nguyen et al. 2024); in [0, 1), 0
 *     by default
 * @param typical only the fewest ids whose surprise is closest to the entropy and whose probabilities add up to at least
 *     this share (Meister et al. 2023); in (0, 1], 1 by default
 * @param sampler chooses in place of all of the above; none by default
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

    /** Temperature 1 and everything can be drawn. */
    public static SamplingOptions defaults() {
        return DEFAULTS;
    }

    /** Another temperature. */
    public SamplingOptions withTemperature(double value) {
        return new SamplingOptions(value, topK, topP, minP, typical, sampler);
    }

    /** Another number of most likely ids. */
    public SamplingOptions withTopK(int value) {
        return new SamplingOptions(temperature, value, topP, minP, typical, sampler);
    }

    /** Another share of the most likely ids. */
    public SamplingOptions withTopP(double value) {
        return new SamplingOptions(temperature, topK, value, minP, typical, sampler);
    }

    /** Another share of the largest probability. */
    public SamplingOptions withMinP(double value) {
        return new SamplingOptions(temperature, topK, topP, value, typical, sampler);
    }

    /** Another share of the typical ids. */
    public SamplingOptions withTypical(double value) {
        return new SamplingOptions(temperature, topK, topP, minP, value, sampler);
    }

    /** A sampler of one's own. */
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
