package io.nanogpt.impl.zoo;

import io.nanogpt.model.Positions;
import io.nanogpt.model.RotaryScaling;
import java.util.Map;

/** Converts rotary positions to and from the settings in {@code config.json}, whose names begin with a given prefix. */
final class RotarySettings {
    private RotarySettings() {}

    /** Those that are not the usual ones only where they are present, as folders had them before there were others. */
    static void write(Map<String, Object> settings, String prefix, Positions.Rotary rotary) {
        settings.put(prefix + "Theta", rotary.theta());
        settings.put(prefix + "Interleaved", rotary.interleaved());
        if (rotary.share() != 1) {
            settings.put(prefix + "Share", rotary.share());
        }
        switch (rotary.scaling().kind()) {
            case NONE -> {}
            case LINEAR -> {
                settings.put(prefix + "Scaling", "linear");
                settings.put(prefix + "Divisor", ((RotaryScaling.Linear) rotary.scaling()).divisor());
            }
            case LLAMA3 -> {
                RotaryScaling.Llama3 scaling = (RotaryScaling.Llama3) rotary.scaling();
                settings.put(prefix + "Scaling", "llama3");
                settings.put(prefix + "Divisor", scaling.divisor());
                settings.put(prefix + "LowFactor", scaling.lowFactor());
                settings.put(prefix + "HighFactor", scaling.highFactor());
                settings.put(prefix + "OriginalContextLength", scaling.originalContextLength());
            }
            case YARN -> {
                RotaryScaling.Yarn scaling = (RotaryScaling.Yarn) rotary.scaling();
                settings.put(prefix + "Scaling", "yarn");
                settings.put(prefix + "Divisor", scaling.divisor());
                settings.put(prefix + "Factor", scaling.factor());
                settings.put(prefix + "Fast", scaling.fast());
                settings.put(prefix + "Slow", scaling.slow());
                settings.put(prefix + "OriginalContextLength", scaling.originalContextLength());
                settings.put(prefix + "Truncated", scaling.truncated());
            }
            case LONGROPE -> {
                RotaryScaling.LongRope scaling = (RotaryScaling.LongRope) rotary.scaling();
                settings.put(prefix + "Scaling", "longrope");
                settings.put(prefix + "ShortDivisors", scaling.shortDivisors());
                settings.put(prefix + "LongDivisors", scaling.longDivisors());
                settings.put(prefix + "Factor", scaling.factor());
                settings.put(prefix + "OriginalContextLength", scaling.originalContextLength());
            }
        }
    }

    static Positions.Rotary read(Settings settings, String prefix) {
        return new Positions.Rotary(
                settings.number(prefix + "Theta").doubleValue(),
                settings.flag(prefix + "Interleaved"),
                settings.has(prefix + "Share")
                        ? settings.number(prefix + "Share").doubleValue()
                        : 1,
                scaling(settings, prefix));
    }

    private static RotaryScaling scaling(Settings settings, String prefix) {
        if (!settings.has(prefix + "Scaling")) {
            return new RotaryScaling.None();
        }
        String name = settings.text(prefix + "Scaling");
        return switch (name) {
            case "linear" -> new RotaryScaling.Linear(divisor(settings, prefix));
            case "llama3" ->
                new RotaryScaling.Llama3(
                        divisor(settings, prefix),
                        settings.number(prefix + "LowFactor").doubleValue(),
                        settings.number(prefix + "HighFactor").doubleValue(),
                        settings.integer(prefix + "OriginalContextLength"));
            case "yarn" ->
                new RotaryScaling.Yarn(
                        divisor(settings, prefix),
                        settings.number(prefix + "Factor").floatValue(),
                        settings.number(prefix + "Fast").doubleValue(),
                        settings.number(prefix + "Slow").doubleValue(),
                        settings.integer(prefix + "OriginalContextLength"),
                        settings.flag(prefix + "Truncated"));
            case "longrope" ->
                new RotaryScaling.LongRope(
                        settings.numbers(prefix + "ShortDivisors"),
                        settings.numbers(prefix + "LongDivisors"),
                        settings.number(prefix + "Factor").floatValue(),
                        settings.integer(prefix + "OriginalContextLength"));
            default -> throw TransformerSettings.unknown(prefix + "Scaling", name, "linear, llama3, yarn, longrope");
        };
    }

    private static double divisor(Settings settings, String prefix) {
        return settings.number(prefix + "Divisor").doubleValue();
    }
}
