package io.nanogpt.impl.tokenizer.pipeline;

/**
 * Whole pieces as tokens.
 *
 * @param unknownToken stands for pieces that are none, if it is in the vocabulary
 */
public record WordLevelPieces(Vocabulary vocabulary, String unknownToken) implements PieceModel {
    @Override
    public Encoder encoder() {
        return (piece, ids) -> {
            Integer id = vocabulary.id(piece);
            Integer known = id == null ? vocabulary.id(unknownToken) : id;
            if (known == null) {
                throw PieceModel.missing(piece, "its unk_token \"" + unknownToken + "\" has no id");
            }
            ids.add(known);
        };
    }

    @Override
    public Unknown unknown() {
        return vocabulary.id(unknownToken) == null ? Unknown.REFUSED : Unknown.REPLACED;
    }
}
