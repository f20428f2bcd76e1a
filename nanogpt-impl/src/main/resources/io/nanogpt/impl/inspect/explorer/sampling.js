// What can be drawn from logits, as the library draws: temperature, then top-k, top-p and min-p.

/** The probability of each id, at temperature 1. */
export function softmax(logits) {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = Float64Array.from(logits, logit => Math.exp(logit - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map(weight => weight / sum);
}

/** Ids by descending logits, the lower id first among equals. */
export function ranked(logits) {
  return Array.from(logits, (_, id) => id).sort((a, b) => logits[b] - logits[a] || a - b);
}

/** The ids of the largest logits in descending order, the lower id first among equals. */
export function largest(logits, count) {
  const best = [];
  for (let id = 0; id < logits.length; id++) {
    if (best.length === count && !(logits[id] > logits[best[count - 1]])) {
      continue;
    }
    let place = best.length;
    while (place > 0 && logits[id] > logits[best[place - 1]]) {
      place--;
    }
    best.splice(place, 0, id);
    best.length = Math.min(best.length, count);
  }
  return best;
}

/**
 * The probability with which each id is drawn; 0 for an id that is not.
 *
 * topK of 0 keeps all ids. A temperature of 0 draws the most likely id.
 */
export function drawn(logits, {temperature, topK, topP, minP}, order = ranked(logits)) {
  const kept = new Float64Array(logits.length);
  if (temperature === 0 || topK === 1) {
    kept[order[0]] = 1;
    return kept;
  }
  const largest = logits[order[0]];
  for (const id of topK > 0 ? order.slice(0, topK) : order) {
    kept[id] = Math.exp((logits[id] - largest) / temperature);
  }
  if (topP < 1) {
    const wanted = topP * sum(kept);
    let reached = 0;
    for (const id of order) {
      const weight = kept[id];
      kept[id] = reached < wanted ? weight : 0;
      reached += weight;
    }
  }
  if (minP > 0) {
    const bound = minP * kept.reduce((a, b) => Math.max(a, b), 0);
    kept.forEach((weight, id) => { kept[id] = weight < bound ? 0 : weight; });
  }
  const all = sum(kept);
  return kept.map(weight => weight / all);
}

function sum(values) {
  return values.reduce((a, b) => a + b, 0);
}

/** An id by its probability, from a number in [0, 1). */
export function draw(probabilities, uniform) {
  let rest = uniform;
  let last = 0;
  for (let id = 0; id < probabilities.length; id++) {
    if (probabilities[id] > 0) {
      last = id;
      rest -= probabilities[id];
      if (rest < 0) {
        return id;
      }
    }
  }
  return last;
}

/** Numbers in [0, 1) that depend on a seed alone (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
