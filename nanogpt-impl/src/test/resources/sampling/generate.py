"""Writes cases.json: the probabilities of ids under temperature, top-k, top-p and min-p, applied in this order.

    python generate.py
"""
import json
import math
import random


def drawn(logits, temperature, topK, topP, minP):
    order = sorted(range(len(logits)), key=lambda i: (-logits[i], i))
    kept = set(order[:topK] if topK else order)
    weights = [math.exp((x - max(logits)) / temperature) if i in kept else 0 for i, x in enumerate(logits)]
    if topP < 1:
        wanted, reached = topP * sum(weights), 0
        for i in order:
            before, reached = reached, reached + weights[i]
            if before >= wanted:
                weights[i] = 0
    bound = minP * max(weights)
    weights = [w if w >= bound else 0 for w in weights]
    return [w / sum(weights) for w in weights]


def main():
    rng = random.Random(1)
    settings = [(1, 0, 1, 0), (0.5, 0, 1, 0), (2, 0, 1, 0), (1, 4, 1, 0), (1, 0, 0.8, 0), (0.7, 0, 0.3, 0), (1, 0, 1, 0.2), (1.3, 6, 0.9, 0.15), (1, 1, 1, 0)]
    cases = []
    for i, (temperature, k, p, m) in enumerate(settings):
        logits = [round(rng.gauss(0, 2), 3) for _ in range(12)]
        if i == 3:
            logits[7] = logits[2]
        cases.append({"settings": {"temperature": temperature, "topK": k, "topP": p, "minP": m}, "logits": logits,
                      "probabilities": [round(x, 9) for x in drawn(logits, temperature, k, p, m)]})
    with open("cases.json", "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


main()
