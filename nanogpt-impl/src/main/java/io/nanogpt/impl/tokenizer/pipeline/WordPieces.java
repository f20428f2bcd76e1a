package io.nanogpt.impl.tokenizer.pipeline;

import io.nanogpt.impl.tokenizer.bpe.IntList;

/**
 * The longest token at each place of a piece (Wu et al. 2016).
 *
 * @param unknownToken stands for pieces that tokens do not cover, if it is in the vocabulary
 * @param prefix of tokens that do not begin a piece
 * @param mostCharacters of a piece; longer ones are unknown
 */
public record WordPieces(Vocabulary vocabulary, String unknownToken, String prefix, long mostCharacters)
        implements PieceModel {
    @Override
    public Encoder encoder() {
        return this::encode;
    }

    private void encode(String piece, IntList ids) {
        IntList found = new IntList();
        boolean covered = piece.codePointCount(0, piece.length()) <= mostCharacters;
        for (int start = 0; covered && start < piece.length(); ) {
            int end = piece.length();
            Integer id = vocabulary.id(token(piece, start, end));
            while (id == null && end > start) {
                end = piece.offsetByCodePoints(end, -1);
                id = end > start ? vocabulary.id(token(piece, start, end)) : null;
            }
            covered = id != null;
            if (id != null) {
                found.add(id);
            }
            start = end;
        }
        if (covered) {
            ids.addAll(found);
            return;
        }
        Integer unknown = vocabulary.id(unknownToken);
        if (unknown == null) {
            throw PieceModel.missing(piece, "its unk_token \"" + unknownToken + "\" has no id");
        }
        ids.add(unknown);
    }

    private String token(String piece, int start, int end) {
        String part = piece.substring(start, end);
        return start > 0 ? prefix + part : part;
    }

    @Override
    public Unknown unknown() {
        return vocabulary.id(unknownToken) == null ? Unknown.REFUSED : Unknown.REPLACED;
    }
}
