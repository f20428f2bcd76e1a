#!/usr/bin/env bash
# Times PyTorch and nanogpt in turn, in the same minutes, and prints the machine, the most GFLOP/s that multiply-adds
# reach on it, both medians and minima, their ratios, and the share of that peak which the fastest step reaches.
#
#   benchmarks/compare.sh [--isa avx512|avx2|sse] [captions|shakespeare|homework3|algopath|lstm|gpt2] [ROUNDS] [THREADS]
#
# --isa   holds both sides to an instruction set. sse is vectors of 128 bits: PyTorch then has no fused multiply-add,
#         and nanogpt has it, since without it it computes with scalar kernels
# PYTHON  a Python with torch (python3 by default)
# JAVA    the java to use (the one of JAVA_HOME, or of the path, by default)
# STEPS   steps of each run (300 by default; fewer for the larger models)
# NATIVE  the class path of nanogpt-native and what it depends on: both sides then multiply in bfloat16 (mvn
#         dependency:build-classpath in its folder prints it, but for its own target/classes)
# PEER    torch_gpt.py (the one beside the checkout, in shared/peers, by default; for lstm the torch_lstm.py here)
#
# Needs target/nanogpt.jar: mvn -B -DskipTests package
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
flags=()
isa=
if [ "${1:-}" = --isa ]; then
    isa=${2:-}
    shift $(($# < 2 ? 1 : 2))
    case $isa in
        avx512) flags=(-XX:UseAVX=3) width=512 ATEN_CPU_CAPABILITY=avx512 MKL_ENABLE_INSTRUCTIONS=AVX512 \
            ONEDNN_MAX_CPU_ISA=AVX512_CORE ;;
        avx2) flags=(-XX:UseAVX=2) width=256 ATEN_CPU_CAPABILITY=avx2 MKL_ENABLE_INSTRUCTIONS=AVX2 \
            ONEDNN_MAX_CPU_ISA=AVX2 ;;
        sse) flags=(-XX:UseAVX=1) width=128 ATEN_CPU_CAPABILITY=default MKL_ENABLE_INSTRUCTIONS=SSE4_2 \
            ONEDNN_MAX_CPU_ISA=SSE41 ;;
        *) echo "--isa must be avx512, avx2 or sse, but is ${isa:-missing}" >&2; exit 2 ;;
    esac
    export ATEN_CPU_CAPABILITY MKL_ENABLE_INSTRUCTIONS ONEDNN_MAX_CPU_ISA
fi
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
flags+=(--add-modules jdk.incubator.vector)
bf16=()
precision=()
[ -z "${NATIVE:-}" ] || { bf16=(--bf16) precision=(--precision bf16); }

cpu=$(sed -nE 's/^model name[^:]*: *//p' /proc/cpuinfo 2> /dev/null | head -1)
read -r bits peak <<< "$("$java" "${flags[@]}" "$here/Peak.java" 2> /dev/null)"
[ -z "$isa" ] || [ "$bits" = "$width" ] || { echo "with --isa $isa vectors have $bits bits here, not $width" >&2; exit 2; }
echo "${cpu:-$(uname -m)}, $(nproc) cores, $("$java" -version 2>&1 | head -1), ${isa:-all instructions}: vectors of $bits bits," \
    "peak $peak GFLOP/s a thread"

theirs=()
ours=()
theirsLeast=()
oursLeast=()
# Both print "... NUMBER ms/step median, NUMBER min ..."; ten of PyTorch's steps are its warm-up.
median() { printf '%s\n' "$@" | sort -g | awk '{v[NR] = $1} END {print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}'; }
least() { printf '%s\n' "$@" | sort -g | head -1; }
medianOf() { sed -nE 's|.* ([0-9.]+) ms/step median.*|\1|p'; }
leastOf() { sed -nE 's|.*median, ([0-9.]+) min.*|\1|p'; }

for round in $(seq "$rounds"); do
    line=$("$python" "$peer" --preset "$preset" --threads "$threads" --steps $((steps + 10)) "${bf16[@]}")
    echo "$line"
    theirs+=("$(medianOf <<< "$line")")
    theirsLeast+=("$(leastOf <<< "$line")")
    line=$("$java" -XX:MaxRAMPercentage=70 "${flags[@]}" -cp "$jar${NATIVE:+:$NATIVE}" \
        io.nanogpt.examples.benchmarks.StepBenchmark \
        --preset "$preset" --threads "$threads" --steps "$steps" "${precision[@]}" 2> /dev/null)
    echo "$line"
    ours+=("$(medianOf <<< "$line")")
    oursLeast+=("$(leastOf <<< "$line")")
    gigaflop=$(sed -nE 's|.* ([0-9.]+) GFLOP/step.*|\1|p' <<< "$line")
done

report() {
    awk -v t="$2" -v n="$3" -v g="$gigaflop" -v k="$peak" -v c="$threads" -v l="$1" 'BEGIN {
        printf "%s: PyTorch %.2f ms, nanogpt %.2f ms, ratio %.3f; nanogpt %.0f GFLOP/s, %.0f %% of the peak of %d threads\n",
            l, t, n, n / t, g / n * 1e3, 100 * g / n * 1e3 / (k * c), c }'
}
echo "$preset, $threads threads, ${isa:-all instructions}, $rounds rounds in turn"
report "medians" "$(median "${theirs[@]}")" "$(median "${ours[@]}")"
report "minima" "$(least "${theirsLeast[@]}")" "$(least "${oursLeast[@]}")"
