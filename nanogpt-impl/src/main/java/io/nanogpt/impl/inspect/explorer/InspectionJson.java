package io.nanogpt.impl.inspect.explorer;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nanogpt.generate.Token;
import io.nanogpt.inspect.Candidate;
import io.nanogpt.inspect.Inspection;
import io.nanogpt.inspect.Neighbour;
import io.nanogpt.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** An inspection as the page reads it. Texts of ids are those of the vocabulary of the model. */
final class InspectionJson {
    /** Candidates for each token that the page lists. */
    private static final int CANDIDATES = 8;
    /** Predictions of each layer that the page lists. */
    private static final int PREDICTIONS = 5;

    private InspectionJson() {}

    /** Tokens, losses, candidates after each token, and the logits after the last. */
    static String text(Inspection inspection, Tokenizer tokenizer) {
        float[] losses = inspection.losses();
        float[][] logits = inspection.logits();
        return ModelJson.object(json -> {
            json.writeNumberField("skipped", inspection.skipped());
            json.writeArrayFieldStart("ids");
            for (Token token : inspection.tokens()) {
                json.writeNumber(token.id());
            }
            json.writeEndArray();
            json.writeStringField("text", textOf(inspection, tokenizer));
            json.writeArrayFieldStart("losses");
            for (float loss : losses) {
                number(json, loss);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("candidates");
            for (int position = 0; position < losses.length; position++) {
                candidates(json, inspection.candidates(position, CANDIDATES));
            }
            json.writeEndArray();
            json.writeStringField("logits", ModelJson.floats(logits[logits.length - 1]));
        });
    }

    /** The text of the tokens, without those that the tokenizer puts before every text. */
    private static String textOf(Inspection inspection, Tokenizer tokenizer) {
        int[] ids = inspection.tokens().stream()
                .mapToInt(Token::id)
                .filter(id -> id < tokenizer.vocabularySize())
                .toArray();
        int[] before = tokenizer.encodePrompt("");
        boolean begins = inspection.skipped() == 0
                && ids.length >= before.length
                && Arrays.equals(before, Arrays.copyOf(ids, before.length));
        return tokenizer.decode(Arrays.copyOfRange(ids, begins ? before.length : 0, ids.length));
    }

    /** JSON has no numbers that are none. */
    private static void number(JsonGenerator json, float value) throws IOException {
        if (Float.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }

    private static void candidates(JsonGenerator json, List<Candidate> candidates) throws IOException {
        json.writeStartArray();
        for (Candidate candidate : candidates) {
            json.writeStartArray();
            json.writeNumber(candidate.id());
            json.writeNumber((float) candidate.probability());
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    /** The weights of a layer between the tokens of a part of the text, {@code (heads, T, T)}. */
    static String attention(float[][][] maps, int from, int to) {
        int length = to - from;
        float[] all = new float[Math.multiplyExact(maps.length, length * length)];
        int at = 0;
        for (float[][] head : maps) {
            for (int row = from; row < to; row++) {
                System.arraycopy(head[row], from, all, at, length);
                at += length;
            }
        }
        return ModelJson.object(json -> json.writeStringField("weights", ModelJson.floats(all)));
    }

    /** The predictions of a layer of the lens after each token. */
    static String lens(Inspection inspection, int layer) {
        return ModelJson.object(json -> {
            json.writeArrayFieldStart("predictions");
            for (List<Candidate> candidates : inspection.lens(layer, PREDICTIONS)) {
                candidates(json, candidates);
            }
            json.writeEndArray();
        });
    }

    static String neighbours(List<Neighbour> neighbours) {
        return ModelJson.object(json -> {
            json.writeArrayFieldStart("neighbours");
            for (Neighbour neighbour : neighbours) {
                json.writeStartArray();
                json.writeNumber(neighbour.id());
                json.writeNumber((float) neighbour.similarity());
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    static String induction(float[][] scores) {
        return ModelJson.object(json -> {
            json.writeArrayFieldStart("scores");
            for (float[] layer : scores) {
                json.writeArray(widened(layer), 0, layer.length);
            }
            json.writeEndArray();
        });
    }

    private static double[] widened(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
