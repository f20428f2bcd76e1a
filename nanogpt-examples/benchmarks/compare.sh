#!/usr/bin/env bash
# Times PyTorch and nanogpt in turn, in the same minutes, and prints both medians and their ratio.
#
#   benchmarks/compare.sh [captions|shakespeare|homework3|algopath|lstm|gpt2] [ROUNDS] [THREADS]
#
# PYTHON  a Python with torch (python3 by default)
# JAVA    the java to use (the one of JAVA_HOME, or of the path, by default)
# STEPS   steps of each run (300 by default; fewer for the larger models)
# PEER    torch_gpt.py (the one beside the checkout, in shared/peers, by default; for lstm the torch_lstm.py here)
#
# Needs target/nanogpt.jar: mvn -B -DskipTests package
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
preset=${1:-captions}
rounds=${2:-5}
threads=${3:-2}
python=${PYTHON:-python3}
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
[ "$preset" = lstm ] && default=$here/torch_lstm.py || default=$here/../../../shared/peers/torch_gpt.py
peer=${PEER:-$default}
jar=$here/../target/nanogpt.jar
case $preset in
    captions | shakespeare | homework3) steps=${STEPS:-300} ;;
    algopath | lstm) steps=${STEPS:-30} ;;
    gpt2) steps=${STEPS:-10} ;;
    *) echo "the preset must be captions, shakespeare, homework3, algopath, lstm or gpt2, but is $preset" >&2; exit 2 ;;
esac
[ -f "$jar" ] || { echo "$jar is missing; build it with: mvn -B -DskipTests package" >&2; exit 2; }
[ -f "$peer" ] || { echo "$peer is missing; name torch_gpt.py with PEER=..." >&2; exit 2; }
"$python" -c 'import torch' 2> /dev/null || { echo "$python has no torch; name one with PYTHON=..." >&2; exit 2; }

theirs=()
ours=()
# Both print "... NUMBER ms/step median ..."; ten of PyTorch's steps are its warm-up.
milliseconds() { sed -nE 's|.* ([0-9.]+) ms/step median.*|\1|p'; }
median() { printf '%s\n' "$@" | sort -g | awk '{v[NR] = $1} END {print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}'; }

for round in $(seq "$rounds"); do
    line=$("$python" "$peer" --preset "$preset" --threads "$threads" --steps $((steps + 10)))
    echo "$line"
    theirs+=("$(milliseconds <<< "$line")")
    line=$("$java" -XX:MaxRAMPercentage=70 --add-modules jdk.incubator.vector -cp "$jar" io.nanogpt.examples.benchmarks.StepBenchmark \
        --preset "$preset" --threads "$threads" --steps "$steps" 2> /dev/null)
    echo "$line"
    ours+=("$(milliseconds <<< "$line")")
done

torch=$(median "${theirs[@]}")
nanogpt=$(median "${ours[@]}")
awk -v t="$torch" -v n="$nanogpt" -v p="$preset" -v r="$rounds" -v c="$threads" 'BEGIN {
    printf "%s, %d threads, medians of %d runs: PyTorch %.2f ms, nanogpt %.2f ms, ratio %.3f\n", p, c, r, t, n, n / t }'
