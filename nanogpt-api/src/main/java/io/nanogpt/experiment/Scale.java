package io.nanogpt.experiment;

/** What a {@link PowerLaw} is over. */
public enum Scale {
    /** Trained numbers of the model, N. */
    PARAMETERS,
    /** Tokens trained on, D, those seen twice counted twice. */
    TOKENS,
    /** Tokens of the training split. */
    DATA,
    /** Floating point operations of the training, 6 N D (Kaplan et al. 2020). */
    COMPUTE;

    private static final double FLOPS = 6;

    /** The size of a run. */
    public double of(Run run) {
        Run.Measures measures = run.measures();
        return switch (this) {
            case PARAMETERS -> measures.parameters();
            case TOKENS -> run.tokens();
            case DATA -> measures.trainTokens();
            case COMPUTE -> FLOPS * measures.parameters() * run.tokens();
        };
    }
}
