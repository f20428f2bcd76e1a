package io.nanogpt.inspect;

/**
 * The embeddings of all tokens, projected on the plane in which they differ most (their first two principal components).
 * Its arrays are its own: do not change them.
 */
public final class EmbeddingMap {
    private final float[] x;
    private final float[] y;
    private final double shareX;
    private final double shareY;

    /**
     * Creates a map from arrays, which are not copied.
     *
     * @param x the first component of each token id, from the mean of all
     * @param y the second component of each token id, from the mean of all
     * @param shareX the share of the variance of the embeddings that the first component has, 0 to 1
     * @param shareY the share of the second component
     */
    public EmbeddingMap(float[] x, float[] y, double shareX, double shareY) {
        this.x = x;
        this.y = y;
        this.shareX = shareX;
        this.shareY = shareY;
    }

    /** Returns the first component of each token id, from the mean of all. */
    public float[] x() {
        return x;
    }

    /** Returns the second component of each token id, from the mean of all. */
    public float[] y() {
        return y;
    }

    /** Returns the share of the variance of the embeddings that the first component has, 0 to 1. */
    public double shareX() {
        return shareX;
    }

    /** Returns the share of the variance of the embeddings that the second component has, 0 to 1. */
    public double shareY() {
        return shareY;
    }
}
