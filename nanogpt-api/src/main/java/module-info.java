/** The public api of nanogpt: training and running language models, graphs, and the service provider interfaces. */
module io.nanogpt.api {
    requires static transitive org.jspecify;

    exports io.nanogpt;
    exports io.nanogpt.accounting;
    exports io.nanogpt.backend;
    exports io.nanogpt.chart;
    exports io.nanogpt.chat;
    exports io.nanogpt.data;
    exports io.nanogpt.experiment;
    exports io.nanogpt.generate;
    exports io.nanogpt.graph;
    exports io.nanogpt.inspect;
    exports io.nanogpt.model;
    exports io.nanogpt.onnx;
    exports io.nanogpt.spi;
    exports io.nanogpt.tokenizer;
    exports io.nanogpt.train;

    uses io.nanogpt.spi.ArchitectureProvider;
    uses io.nanogpt.spi.BackendProvider;
    uses io.nanogpt.spi.Library;
    uses io.nanogpt.spi.MatrixProductsProvider;
}
