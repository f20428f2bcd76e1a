package io.nanogpt.impl.generate;

import io.nanogpt.generate.BeamSearch;
import io.nanogpt.generate.BeamSearch.Hypothesis;
import io.nanogpt.generate.GenerationInterruptedException;
import io.nanogpt.generate.GenerationOptions;
import io.nanogpt.impl.schedule.Sequence;
import io.nanogpt.impl.schedule.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * A beam search. Rules change the log-probabilities that rank beams; the reported log-probability of a hypothesis is
 * the model's own.
 */
final class BeamSearcher {
    private static final Comparator<Hypothesis> BEST_FIRST =
            Comparator.comparingDouble(Hypothesis::score).reversed();

    /** Of a logit, its logarithm of a probability, its rank and its place in the order of ranks. */
    private static final int BYTES_PER_LOGIT = 2 * Float.BYTES + 2 * Double.BYTES + Integer.BYTES;

    private static final long MEGABYTE = 1_000_000;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final TokenTexts texts;
    private final int logitCount;
    private final BeamSearch search;
    private final GenerationOptions options;
    private final Rules rules;
    private final Set<Integer> ends;
    private final List<Hypothesis> finished = new ArrayList<>();
    private int steps;

    /**
     * Creates a search.
     *
     * @param ends the ids at which a text ends, which are no part of it
     */
    BeamSearcher(TokenTexts texts, int logitCount, BeamSearch search, GenerationOptions options, Set<Integer> ends) {
        this.ends = ends;
        this.texts = texts;
        this.logitCount = logitCount;
        this.search = search;
        this.options = options;
        rules = new Rules(options, texts);
    }

    /** Refuses more beams than there is memory for, or than an array can rank. */
    static void requireFit(int beams, int vocabulary, long available) {
        long candidates = (long) beams * vocabulary;
        long needed = candidates * BYTES_PER_LOGIT;
        if (needed > available || candidates > LARGEST_ARRAY) {
            throw new IllegalArgumentException(beams + " beams over a vocabulary of " + vocabulary + " need "
                    + needed / MEGABYTE + " MB, and Java has " + available / MEGABYTE
                    + " MB at most; search with fewer beams"
                    + (candidates > LARGEST_ARRAY ? "" : ", or give Java more memory with -Xmx"));
        }
    }

    /** A partial hypothesis, with the sums over its tokens. */
    private record Beam(Continuation continuation, double ranking, double logProbability, ContextWindow window) {}

    /** An extension of the beam at an index by one token. */
    private record Candidate(int beam, int id, double ranking, double logProbability) {}

    /**
     * Searches with a place for each beam.
     *
     * @param copies whether a beam can go on from the state of another
     */
    List<Hypothesis> search(Session session, boolean copies, int[] prompt) {
        Deadline deadline = new Deadline(options.output().timeout());
        try {
            Deque<ContextWindow> idle = new ArrayDeque<>();
            for (Sequence sequence : session.take(search.beams(), deadline.remaining())) {
                idle.add(new ContextWindow(sequence, options.output().window()));
            }
            return idle.isEmpty() ? List.of() : search(session, copies, prompt, idle, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GenerationInterruptedException(steps);
        }
    }

    private List<Hypothesis> search(
            Session session, boolean copies, int[] prompt, Deque<ContextWindow> idle, Deadline deadline)
            throws InterruptedException {
        ContextWindow first = idle.remove();
        first.start(prompt);
        session.run(List.of(first.sequence()));
        List<Beam> beams = List.of(new Beam(new Continuation(texts, prompt, options.stops()), 0, 0, first));
        for (;
                steps < options.maxTokens() && !beams.isEmpty() && !isDecided(beams) && !deadline.isOver(steps);
                steps++) {
            beams = extend(beams, idle, copies);
            if (steps < options.maxTokens() - 1 && !beams.isEmpty()) {
                session.run(beams.stream().map(beam -> beam.window().sequence()).toList());
            }
        }
        beams.forEach(this::finish);
        return finished.stream().sorted(BEST_FIRST).limit(search.beams()).toList();
    }

    /** Whether no beam can beat the finished hypotheses any more: sums of log-probabilities never increase. */
    private boolean isDecided(List<Beam> beams) {
        if (finished.size() < search.beams()) {
            return false;
        }
        double worst = finished.stream()
                .sorted(BEST_FIRST)
                .skip(search.beams() - 1L)
                .findFirst()
                .orElseThrow()
                .score();
        return beams.stream().allMatch(beam -> search.score(beam.ranking(), options.maxTokens()) <= worst);
    }

    private List<Beam> extend(List<Beam> beams, Deque<ContextWindow> idle, boolean copies) {
        List<Candidate> chosen = choose(beams);
        boolean[] handedOn = new boolean[beams.size()];
        boolean[] needed = new boolean[beams.size()];
        chosen.forEach(candidate -> needed[candidate.beam()] = true);
        for (int index = 0; index < needed.length; index++) {
            if (!needed[index]) {
                idle.add(beams.get(index).window());
            }
        }
        List<Beam> extended = new ArrayList<>();
        for (Candidate candidate : chosen) {
            Beam parent = beams.get(candidate.beam());
            Continuation continuation = new Continuation(parent.continuation());
            continuation.add(candidate.id());
            // The first child takes over its parent's cache, the others begin with a copy.
            ContextWindow window = parent.window();
            if (handedOn[candidate.beam()]) {
                window = idle.remove();
                window.continueFrom(parent.window(), copies);
            }
            handedOn[candidate.beam()] = true;
            extended.add(new Beam(continuation, candidate.ranking(), candidate.logProbability(), window));
        }
        // Parents go on once all copies are taken.
        extended.forEach(beam -> beam.window().append(beam.continuation()));
        return extended;
    }

    /** Returns the best candidates that do not end a text, and finishes those that do and rank before them. */
    private List<Candidate> choose(List<Beam> beams) {
        int vocabulary = texts.vocabularySize();
        double[] rankings = new double[beams.size() * vocabulary];
        LogProbabilities[] plain = new LogProbabilities[beams.size()];
        for (int index = 0; index < beams.size(); index++) {
            plain[index] = rank(beams.get(index), rankings, index * vocabulary);
        }
        RankedIds ranked = new RankedIds(rankings);
        List<Candidate> chosen = new ArrayList<>();
        while (chosen.size() < search.beams() && !ranked.isEmpty()) {
            int place = ranked.next();
            int index = place / vocabulary;
            int id = place % vocabulary;
            Beam beam = beams.get(index);
            double logProbability = beam.logProbability() + plain[index].of(id);
            Candidate candidate = new Candidate(index, id, rankings[place], logProbability);
            Continuation continuation = new Continuation(beam.continuation());
            boolean ended = ends.contains(id);
            if (!ended) {
                continuation.add(id);
            }
            if (ended || continuation.stopped()) {
                finish(new Beam(continuation, candidate.ranking(), logProbability, beam.window()));
            } else {
                chosen.add(candidate);
            }
        }
        return chosen;
    }

    /** Computes the ranking of every next id; finishes a beam that no id can follow. */
    private LogProbabilities rank(Beam beam, double[] rankings, int offset) {
        float[] logits = beam.window().logits();
        Arrays.fill(logits, texts.vocabularySize(), logitCount, Float.NEGATIVE_INFINITY);
        LogProbabilities plain = new LogProbabilities(logits);
        float[] changed = logits.clone();
        plain.copyTo(changed);
        if (!rules.apply(beam.continuation(), changed)) {
            rules.requireMatch(beam.continuation());
            finish(beam);
        }
        for (int id = 0; id < texts.vocabularySize(); id++) {
            rankings[offset + id] = beam.ranking() + changed[id];
        }
        return plain;
    }

    private void finish(Beam beam) {
        Continuation continuation = beam.continuation();
        continuation.finish();
        int tokens = continuation.generated();
        if (tokens > 0) {
            finished.add(new Hypothesis(
                    continuation.text().toString(),
                    tokens,
                    beam.logProbability(),
                    search.score(beam.ranking(), tokens)));
        }
    }
}
