package io.nanogpt.spi;

/**
 * Penalties on tokens that already occurred. Immutable.
 *
 * @param repetition divisor of the positive logits, and factor of the negative ones, of every id in the prompt and the
 *     continuation (Keskar et al. 2019); above 0; 1, the default, has no effect
 * @param frequency subtracted from the logit of an id for each occurrence in the continuation; 0 by default
 * @param presence subtracted from the logit of an id that occurs in the continuation; 0 by default
 * @param noRepeatNgram length of token sequences that must not occur twice in prompt and continuation; 0, the default,
 *     for no such rule
 */
public record PenaltyOptions(double repetition, double frequency, double presence, int noRepeatNgram) {
    private static final PenaltyOptions NONE = new PenaltyOptions(1, 0, 0, 0);

    public PenaltyOptions {
        if (!(repetition > 0) || Double.isInfinite(repetition)) {
            throw new IllegalArgumentException("the repetition penalty must be above 0, but is " + repetition);
        }
        finite("frequency", frequency);
        finite("presence", presence);
        if (noRepeatNgram < 0) {
            throw new IllegalArgumentException("noRepeatNgram must be at least 0, but is " + noRepeatNgram);
        }
    }

    /** Returns options without penalties. */
    public static PenaltyOptions none() {
        return NONE;
    }

    /** Returns a copy with this repetition penalty. */
    public PenaltyOptions withRepetition(double value) {
        return new PenaltyOptions(value, frequency, presence, noRepeatNgram);
    }

    /** Returns a copy with this frequency penalty. */
    public PenaltyOptions withFrequency(double value) {
        return new PenaltyOptions(repetition, value, presence, noRepeatNgram);
    }

    /** Returns a copy with this presence penalty. */
    public PenaltyOptions withPresence(double value) {
        return new PenaltyOptions(repetition, frequency, value, noRepeatNgram);
    }

    /** Returns a copy with this length of token sequences that must not occur twice. */
    public PenaltyOptions withNoRepeatNgram(int value) {
        return new PenaltyOptions(repetition, frequency, presence, value);
    }

    private static void finite(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("the " + name + " penalty must be finite, but is " + value);
        }
    }
}
