/**
 * Charts and reports. A chart is a {@link io.nanogpt.impl.chart.Scene}, a list of marks with their places, which one
 * class writes as SVG and one paints as PNG; everything above it only decides where marks go. Start reading at
 * {@link io.nanogpt.impl.chart.ChartRenderer}. Imports the api and {@code files}.
 */
@NullMarked
package io.nanogpt.impl.chart;

import org.jspecify.annotations.NullMarked;
