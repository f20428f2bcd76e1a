package io.nanogpt.generate;

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
public record Penalties(double repetition, double frequency, double presence, int noRepeatNgram) {
    private static final Penalties NONE = new Penalties(1, 0, 0, 0);

    public Penalties {
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
    public static Penalties none() {
        return NONE;
    }

    /** Another repetition penalty. */
    public Penalties withRepetition(double value) {
        return new Penalties(value, frequency, presence, noRepeatNgram);
    }

    /** Another frequency penalty. */
    public Penalties withFrequency(double value) {
        return new Penalties(repetition, value, presence, noRepeatNgram);
    }

    /** Another presence penalty. */
    public Penalties withPresence(double value) {
        return new Penalties(repetition, frequency, value, noRepeatNgram);
    }

    /** Another length of sequences that do not occur twice. */
    public Penalties withNoRepeatNgram(int value) {
        return new Penalties(repetition, frequency, presence, value);
    }

    private static void finite(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("the " + name + " penalty must be finite, but is " + value);
        }
    }
}
