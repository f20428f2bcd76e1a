package io.nanogpt.spi;

/**
 * What makes ids less likely that were there before.
 *
 * @param repetition divides the positive logits, and multiplies the negative ones, of every id of the prompt and the
 *     continuation (Keskar et al. 2019); above 0, 1 by default, which changes nothing
 * @param frequency subtracted from the logit of an id for each time it stands in the continuation; 0 by default
 * @param presence subtracted from the logit of an id that stands in the continuation at all; 0 by default
 * @param noRepeatNgram no sequence of this many ids occurs twice in prompt and continuation; 0, the default, for no such
 *     rule
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

    /** Changes nothing. */
    public static PenaltyOptions none() {
        return NONE;
    }

    /** Another repetition penalty. */
    public PenaltyOptions withRepetition(double value) {
        return new PenaltyOptions(value, frequency, presence, noRepeatNgram);
    }

    /** Another frequency penalty. */
    public PenaltyOptions withFrequency(double value) {
        return new PenaltyOptions(repetition, value, presence, noRepeatNgram);
    }

    /** Another presence penalty. */
    public PenaltyOptions withPresence(double value) {
        return new PenaltyOptions(repetition, frequency, value, noRepeatNgram);
    }

    /** Another length of sequences that do not occur twice. */
    public PenaltyOptions withNoRepeatNgram(int value) {
        return new PenaltyOptions(repetition, frequency, presence, value);
    }

    private static void finite(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("the " + name + " penalty must be finite, but is " + value);
        }
    }
}
