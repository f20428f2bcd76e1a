package io.nanogpt.impl.chart;

import java.util.List;
import java.util.Locale;

/** Colours by purpose, for light and dark themes. Those of series suit the colour-blind (after Okabe and Ito 2008). */
enum Ink {
    PAPER("#ffffff", "#1a2027"),
    TEXT("#1b1f24", "#e6eaef"),
    /** Axis titles and notes. */
    FAINT("#57606a", "#9aa5b1"),
    GRID("#dfe3e8", "#36404b"),
    BLUE("#0072b2", "#4aa8e0"),
    VERMILION("#d55e00", "#ff8a3d"),
    GREEN("#00845f", "#2fbf94"),
    PURPLE("#b0508c", "#e08fc2"),
    AMBER("#b58900", "#e6b422"),
    SKY("#3a9fd6", "#8fd0f5"),
    GREY("#6e7781", "#9aa4b0"),
    RED("#a40e26", "#ff7b72");

    /** Colours of series, in order of use. */
    static final List<Ink> SERIES = List.of(BLUE, VERMILION, GREEN, PURPLE, AMBER, SKY, GREY, RED);

    private final String light;
    private final String dark;

    Ink(String light, String dark) {
        this.light = light;
        this.dark = dark;
    }

    /** The colour of a series; colours repeat after the last. */
    static Ink ofSeries(int series) {
        return SERIES.get(series % SERIES.size());
    }

    /** As {@code 0xRRGGBB}. */
    int rgb() {
        return Integer.parseInt(light.substring(1), 16);
    }

    /** The CSS class of areas in this colour. */
    String fill() {
        return "f-" + name().toLowerCase(Locale.ROOT);
    }

    /** The CSS class of lines in this colour. */
    String stroke() {
        return "s-" + name().toLowerCase(Locale.ROOT);
    }

    /** The CSS rules of all classes for the light or the dark theme. */
    static String rules(boolean dark) {
        StringBuilder css = new StringBuilder();
        for (Ink ink : values()) {
            String color = dark ? ink.dark : ink.light;
            css.append("." + ink.fill() + "{fill:" + color + "}." + ink.stroke() + "{stroke:" + color + "}");
        }
        return css.toString();
    }
}
