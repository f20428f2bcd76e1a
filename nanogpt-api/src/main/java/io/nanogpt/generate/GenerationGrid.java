package io.nanogpt.generate;

import java.util.List;

/**
 * Samples of one prompt at every temperature and every top-k.
 *
 * @param prompt what was continued
 * @param cells temperatures in the outer, top-k in the inner order in which they were asked for
 */
public record GenerationGrid(String prompt, List<Cell> cells) {
    public GenerationGrid {
        cells = List.copyOf(cells);
    }

    /**
     * The samples of one setting.
     *
     * @param temperature of these samples
     * @param topK of these samples
     * @param samples continuations, without the prompt
     */
    public record Cell(double temperature, int topK, List<String> samples) {
        public Cell {
            samples = List.copyOf(samples);
        }
    }
}
