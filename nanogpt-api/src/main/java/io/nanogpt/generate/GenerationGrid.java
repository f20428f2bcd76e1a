package io.nanogpt.generate;

import java.util.List;

/**
 * Samples of one prompt for each combination of a temperature and a top-k.
 *
 * @param prompt the text that was continued
 * @param cells ordered by temperature, then by top-k, each as given
 */
public record GenerationGrid(String prompt, List<Cell> cells) {
    public GenerationGrid {
        cells = List.copyOf(cells);
    }

    /**
     * The samples of one combination.
     *
     * @param temperature the temperature of these samples
     * @param topK the top-k of these samples
     * @param samples the continuations, without the prompt
     */
    public record Cell(double temperature, int topK, List<String> samples) {
        public Cell {
            samples = List.copyOf(samples);
        }
    }
}
