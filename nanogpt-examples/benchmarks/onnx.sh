#!/usr/bin/env bash
# Times greedy decoding through ONNX Runtime in turn: the peer's pinned GroupQueryAttention graph and our export of a model
# of the same size, both with random weights. Prints both medians in tokens a second and their ratio.
#
#   benchmarks/onnx.sh [captions|gpt2] [ROUNDS] [THREADS] [fp32|int8|int4]
#
# PYTHON  a Python with onnx and numpy (python3 by default)
# JAVA    the java to use (the one of JAVA_HOME, or of the path, by default)
# STEPS   tokens of each of a run's three measurements (8,000 by default, 100 for gpt2)
# PEER    the folder of gen_gpt.py and Decode.java (shared/peers/onnxruntime beside the checkout, by default)
# WORK    where graphs are written and kept (target/onnx-benchmark by default)
#
# Needs target/nanogpt.jar: mvn -B -DskipTests package
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
preset=${1:-captions}
rounds=${2:-5}
threads=${3:-1}
weights=${4:-fp32}
python=${PYTHON:-python3}
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
peer=${PEER:-$here/../../../shared/peers/onnxruntime}
work=${WORK:-$here/../target/onnx-benchmark}
jar=$here/../target/nanogpt.jar
case $preset in
    captions) shape=(4 4 128 64 109 --inline) steps=${STEPS:-8000} ;;
    gpt2) shape=(12 12 768 1024 50257 --tied) steps=${STEPS:-100} ;;
    *) echo "the preset must be captions or gpt2, but is $preset" >&2; exit 2 ;;
esac
case $weights in
    fp32) format=none ;;
    int8 | int4) format=$weights ;;
    *) echo "the weights must be fp32, int8 or int4, but are $weights" >&2; exit 2 ;;
esac
[ -f "$jar" ] || { echo "$jar is missing; build it with: mvn -B -DskipTests package" >&2; exit 2; }
[ -f "$peer/gen_gpt.py" ] || { echo "$peer/gen_gpt.py is missing; name its folder with PEER=..." >&2; exit 2; }
runtime=("$(dirname "$jar")"/lib/onnxruntime-*.jar)
[ -f "${runtime[0]}" ] || { echo "${runtime[0]} is missing; build it with: mvn -B -DskipTests package" >&2; exit 2; }

mkdir -p "$work"
graph=$work/$preset-$weights.onnx
[ -f "$graph" ] || "$python" "$peer/gen_gpt.py" "$graph" "${shape[@]}" --w "$weights"
javac -nowarn -cp "${runtime[0]}" -d "$work" "$peer/src/main/java/Decode.java"

theirs=()
ours=()
median() { printf '%s\n' "$@" | sort -g | awk '{v[NR] = $1} END {print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}'; }

for round in $(seq "$rounds"); do
    line=$("$java" -cp "${runtime[0]}:$work" Decode "$graph" pinned "$threads" "$steps")
    echo "$line"
    theirs+=("$(sed -nE 's|.*: +([0-9.]+) tok/s .*|\1|p' <<< "$line")")
    line=$("$java" --add-modules jdk.incubator.vector -cp "$jar" io.nanogpt.examples.benchmarks.OnnxBenchmark \
        --folder "$work/$preset-$weights" --preset "$preset" --quantize "$format" --threads "$threads" \
        --steps "$steps" 2> /dev/null)
    echo "$line"
    ours+=("$(sed -nE 's|.*: ([0-9.]+) tokens/s.*|\1|p' <<< "$line")")
done

peers=$(median "${theirs[@]}")
nanogpt=$(median "${ours[@]}")
awk -v t="$peers" -v n="$nanogpt" -v p="$preset" -v r="$rounds" -v c="$threads" -v w="$weights" 'BEGIN {
    printf "%s %s, %d threads, medians of %d runs: peer %.0f tokens/s, nanogpt %.0f tokens/s, ratio %.3f\n", p, w, c, r, t, n, n / t }'
