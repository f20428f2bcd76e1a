package io.nanogpt.impl.generate;

import io.nanogpt.NanogptException;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.generate.LogitsProcessor;
import io.nanogpt.spi.PenaltyOptions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The changes to the logits of a step, in order: penalties, constraints, processors. Not thread-safe. */
final class Rules {
    private final List<Rule> rules = new ArrayList<>();
    private final Optional<Pattern> pattern;
    private final @Nullable PatternConstraint constraint;
    private final @Nullable JsonConstraint json;

    /** A change to the logits of a step. */
    @FunctionalInterface
    interface Rule {
        void apply(Continuation continuation, float[] logits);
    }

    Rules(GenerationOptions options, TokenTexts texts) {
        PenaltyOptions penalties = options.penalties();
        if (penalties.repetition() != 1) {
            rules.add(new RepetitionPenalty((float) penalties.repetition()));
        }
        if (penalties.frequency() != 0 || penalties.presence() != 0) {
            rules.add(new CountPenalties((float) penalties.frequency(), (float) penalties.presence()));
        }
        if (penalties.noRepeatNgram() > 0) {
            rules.add(new NoRepeatNgrams(penalties.noRepeatNgram()));
        }
        for (String text : options.constraints().forbidden()) {
            rules.add(new ForbiddenText(text, texts));
        }
        pattern = options.constraints().pattern();
        constraint = pattern.map(regex -> PatternConstraint.of(regex, texts)).orElse(null);
        if (constraint != null) {
            rules.add(constraint);
        }
        json = options.constraints()
                .jsonSchema()
                .map(schema -> new JsonConstraint(texts.allowed(schema), options.maxTokens(), texts.vocabularySize()))
                .orElse(null);
        if (json != null) {
            rules.add(json);
        }
        for (LogitsProcessor processor : options.constraints().processors()) {
            rules.add(new Processing(processor));
        }
    }

    /**
     * Changes the logits of a step.
     *
     * @return whether any id is left
     * @throws NanogptException if none is left, but the text is no match of the pattern or no whole JSON value
     */
    boolean apply(Continuation continuation, float[] logits) {
        if (rules.isEmpty()) {
            return true;
        }
        for (Rule rule : rules) {
            rule.apply(continuation, logits);
        }
        for (float logit : logits) {
            if (logit != Float.NEGATIVE_INFINITY) {
                return true;
            }
        }
        return false;
    }

    /** Requires that the text matches the pattern or is a whole JSON value, where no id is left. */
    void requireMatch(Continuation continuation) {
        if (json != null) {
            json.requireComplete(continuation);
        }
        if (constraint != null && !constraint.isMatch(continuation)) {
            throw new NanogptException("no token can follow \"" + continuation.text()
                    + "\" within the pattern " + pattern.orElseThrow().pattern()
                    + "; the vocabulary may lack a character that the pattern needs, or another rule forbids it");
        }
    }

    /** Names a rule that made a logit infinite or no number, unless it was so before. */
    private static void requireDrawable(String rule, float before, float after, int id) {
        if (before < Float.POSITIVE_INFINITY) {
            throw new NanogptException(rule + " makes the logit of token " + id + " " + after + ", from " + before
                    + "; give finite numbers, and penalties whose effect stays within those of a float");
        }
    }

    /** A processor of the caller's, whose result is checked. */
    private static final class Processing implements Rule {
        private final LogitsProcessor processor;

        Processing(LogitsProcessor processor) {
            this.processor = processor;
        }

        @Override
        public void apply(Continuation continuation, float[] logits) {
            // Logits that were not numbers before are those of damaged weights, which sampling reports.
            boolean sound = firstUndrawable(logits) < 0;
            processor.process(continuation, logits);
            int id = sound ? firstUndrawable(logits) : -1;
            if (id >= 0) {
                throw new NanogptException(
                        "a logits processor (" + processor.getClass().getName()
                                + ") set the logit of token " + id + " to " + logits[id]
                                + "; set finite numbers, or -Infinity to forbid a token");
            }
        }

        private static int firstUndrawable(float[] logits) {
            for (int id = 0; id < logits.length; id++) {
                if (!(logits[id] < Float.POSITIVE_INFINITY)) {
                    return id;
                }
            }
            return -1;
        }
    }

    /** Divides positive logits of ids that already occurred, and multiplies negative ones (Keskar et al. 2019). */
    static final class RepetitionPenalty implements Rules.Rule {
        private final float penalty;
        private final BitSet seen = new BitSet();

        RepetitionPenalty(float penalty) {
            this.penalty = penalty;
        }

        @Override
        public void apply(Continuation continuation, float[] logits) {
            seen.clear();
            for (int index = 0; index < continuation.size(); index++) {
                int id = continuation.id(index);
                if (!seen.get(id)) {
                    seen.set(id);
                    float logit = logits[id];
                    logits[id] = logit > 0 ? logit / penalty : logit * penalty;
                    if (!(logits[id] < Float.POSITIVE_INFINITY)) {
                        requireDrawable("the repetition penalty " + penalty, logit, logits[id], id);
                    }
                }
            }
        }
    }

    /**
     * Lowers the logits of ids of the continuation: by the frequency penalty per occurrence, by the presence penalty
     * once.
     */
    static final class CountPenalties implements Rules.Rule {
        private final float frequency;
        private final float presence;
        private final BitSet seen = new BitSet();

        CountPenalties(float frequency, float presence) {
            this.frequency = frequency;
            this.presence = presence;
        }

        @Override
        public void apply(Continuation continuation, float[] logits) {
            seen.clear();
            for (int index = continuation.promptSize(); index < continuation.size(); index++) {
                int id = continuation.id(index);
                float logit = logits[id];
                logits[id] -= frequency;
                if (!seen.get(id)) {
                    seen.set(id);
                    logits[id] -= presence;
                }
                if (!(logits[id] < Float.POSITIVE_INFINITY)) {
                    String penalties = "the frequency penalty " + frequency + " with the presence penalty " + presence;
                    requireDrawable(penalties, logit, logits[id], id);
                }
            }
        }
    }

    /** Forbids every id that would complete an n-gram that prompt and continuation already contain. */
    static final class NoRepeatNgrams implements Rules.Rule {
        private final int n;

        NoRepeatNgrams(int n) {
            this.n = n;
        }

        @Override
        public void apply(Continuation continuation, float[] logits) {
            int size = continuation.size();
            int tail = size - (n - 1);
            for (int start = 0; start + n <= size; start++) {
                int same = 0;
                while (same < n - 1 && continuation.id(start + same) == continuation.id(tail + same)) {
                    same++;
                }
                if (same == n - 1) {
                    logits[continuation.id(start + n - 1)] = Float.NEGATIVE_INFINITY;
                }
            }
        }
    }
}
