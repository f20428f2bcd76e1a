package io.nanogpt.data;

/** How a token file keeps an id, little-endian. */
public enum TokenDtype {
    /** Two bytes, for vocabularies up to 65,536. */
    UINT16(Short.BYTES, 1 << Short.SIZE, "uint16", "<u2"),
    /** Four bytes. */
    INT32(Integer.BYTES, Integer.MAX_VALUE, "int32", "<i4");

    private final int bytes;
    private final int largestVocabulary;
    private final String label;
    private final String numpy;

    TokenDtype(int bytes, int largestVocabulary, String label, String numpy) {
        this.bytes = bytes;
        this.largestVocabulary = largestVocabulary;
        this.label = label;
        this.numpy = numpy;
    }

    /** The smallest that holds the ids of a vocabulary. */
    public static TokenDtype of(int vocabularySize) {
        return vocabularySize <= UINT16.largestVocabulary ? UINT16 : INT32;
    }

    /** Bytes of an id. */
    public int bytes() {
        return bytes;
    }

    /** The most ids that a vocabulary may have. */
    public int largestVocabulary() {
        return largestVocabulary;
    }

    /** The name in the header of a {@code .npy} file, for example {@code <u2}. */
    public String numpy() {
        return numpy;
    }

    /** As NumPy calls it, for example {@code uint16}. */
    @Override
    public String toString() {
        return label;
    }
}
