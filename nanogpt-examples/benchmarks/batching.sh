#!/usr/bin/env bash
# Times the generation of many texts at once in turn: nanogpt, and transformers.generate with a static batch, both with
# random weights of the same sizes; by choice llama.cpp and ONNX Runtime too. Prints the tokens a second of all texts
# together; batch 1 is one text after another.
#
#   benchmarks/batching.sh [captions|algopath|gpt2] [BATCHES] [THREADS]
#
# BATCHES is a list such as 1,8,32,128 (the default).
# PYTHON   a Python with torch and transformers (python3 by default)
# JAVA     the java to use (the one of JAVA_HOME, or of the path, by default)
# TOKENS   tokens of a text (48 by default)
# SECONDS_EACH  for which each batch is measured, at least (3 by default)
# ONNX     portable or onnxruntime: times nanogpt through ONNX Runtime as well, on an export of that flavour, and for
#          portable ONNX Runtime in Python on the same graph, if PYTHON has onnxruntime
# LLAMA    1: times nanogpt and llama.cpp as well, with the same weights: those of the nearest model that llama.cpp has
#          (its GELU, at least 256 tokens), if PYTHON has llama-cpp-python
#
# Needs target/nanogpt.jar: mvn -B -DskipTests package
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
preset=${1:-captions}
batches=${2:-1,8,32,128}
threads=${3:-2}
python=${PYTHON:-python3}
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
jar=$here/../target/nanogpt.jar
case $preset in
    captions | algopath | gpt2) ;;
    *) echo "the preset must be captions, algopath or gpt2, but is $preset" >&2; exit 2 ;;
esac
[ -f "$jar" ] || { echo "$jar is missing; build it with: mvn -B -DskipTests package" >&2; exit 2; }
"$python" -c 'import torch, transformers' 2> /dev/null \
    || { echo "$python has no torch and transformers; name one with PYTHON=..." >&2; exit 2; }
sizes=(--preset "$preset" --threads "$threads" --tokens "${TOKENS:-48}" --seconds "${SECONDS_EACH:-3}")

exported=
if [ -n "${ONNX:-}" ]; then
    exported=$(mktemp -d)
fi
gguf=
if [ "${LLAMA:-}" = 1 ]; then
    if "$python" -c 'import llama_cpp' 2> /dev/null; then
        gguf=$(mktemp -d)
    else
        echo "llama.cpp is skipped: $python has no llama-cpp-python; pip install llama-cpp-python"
    fi
fi
trap 'rm -rf ${exported:+"$exported"} ${gguf:+"$gguf"}' EXIT

# In turn, so that both have the same machine.
for batch in ${batches//,/ }; do
    "$java" -XX:MaxRAMPercentage=50 --add-modules jdk.incubator.vector -cp "$jar" \
        io.nanogpt.examples.benchmarks.BatchBenchmark "${sizes[@]}" --batches "$batch" 2> /dev/null
    "$python" "$here/torch_generate.py" "${sizes[@]}" --batches "$batch" 2> /dev/null
    if [ -n "$gguf" ]; then
        "$java" -XX:MaxRAMPercentage=50 --add-modules jdk.incubator.vector -cp "$jar" \
            io.nanogpt.examples.benchmarks.BatchBenchmark "${sizes[@]}" --gguf "$gguf/model.gguf" \
            --batches "$batch" 2> /dev/null
        "$python" "$here/llama_generate.py" "$gguf/model.gguf" --threads "$threads" --tokens "${TOKENS:-48}" \
            --seconds "${SECONDS_EACH:-3}" --batches "$batch"
    fi
    [ -n "$exported" ] || continue
    "$java" -XX:MaxRAMPercentage=50 --add-modules jdk.incubator.vector -cp "$jar" \
        io.nanogpt.examples.benchmarks.BatchBenchmark "${sizes[@]}" --onnx "$ONNX" --folder "$exported" \
        --batches "$batch" 2> /dev/null
    [ "$ONNX" != portable ] || ! "$python" -c 'import onnxruntime' 2> /dev/null \
        || "$python" "$here/onnx_generate.py" "$exported" --threads "$threads" --tokens "${TOKENS:-48}" \
            --seconds "${SECONDS_EACH:-3}" --batches "$batch" 2> /dev/null
done
