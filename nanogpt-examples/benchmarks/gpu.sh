#!/usr/bin/env bash
# What only a machine with an NVIDIA GPU can show: training steps through DJL and by PyTorch in turn, and decoding through
# ONNX Runtime's CUDA provider. Without a GPU it says so and ends with success.
#
#   benchmarks/gpu.sh [ROUNDS]
#
# PYTHON  a Python with torch and CUDA (python3 by default)
# JAVA    the java to use (the one of JAVA_HOME, or of the path, by default)
# DJL     a class path of DJL: pytorch-engine, pytorch-jni and what they need, see docs/djl.md; needed
# ORT     the jar of onnxruntime_gpu; without it decoding is not timed
# PYTORCH_LIBRARY_PATH  the libraries of an installed PyTorch of the version that pytorch-jni is for; needed
# TORCH_ALLOW_TF32_CUBLAS_OVERRIDE is set for the steps in TF32, and must not be set otherwise.
#
# Needs target/nanogpt.jar: mvn -B -DskipTests package
set -euo pipefail

if ! command -v nvidia-smi > /dev/null || ! nvidia-smi -L 2> /dev/null | grep -q GPU; then
    echo "skipped: this machine has no NVIDIA GPU that nvidia-smi can see, so nothing was checked"
    exit 0
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rounds=${1:-3}
python=${PYTHON:-python3}
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
jar=$here/../target/nanogpt.jar
[ -f "$jar" ] || { echo "$jar is missing; build it with: mvn -B -DskipTests package" >&2; exit 2; }
[ -n "${DJL:-}" ] || { echo "name DJL's jars with DJL=...:...; docs/djl.md lists them" >&2; exit 2; }
[ -n "${PYTORCH_LIBRARY_PATH:-}" ] || { echo "name the libraries of PyTorch with PYTORCH_LIBRARY_PATH=.../torch/lib" >&2; exit 2; }
"$python" -c 'import torch; assert torch.cuda.is_available()' 2> /dev/null \
    || { echo "$python has no torch with CUDA; name one with PYTHON=..." >&2; exit 2; }

nvidia-smi -L
for precision in f32 tf32 bf16; do
    for preset in captions-gpu gpt2-small; do
        for _ in $(seq "$rounds"); do
            "$python" "$here/torch_gpu.py" --preset "$preset" --precision "$precision"
            if [ "$precision" = tf32 ]; then export TORCH_ALLOW_TF32_CUBLAS_OVERRIDE=1; fi
            "$java" --add-modules jdk.incubator.vector -cp "$jar:$DJL" io.nanogpt.examples.benchmarks.StepBenchmark \
                --preset "$preset" --device cuda --precision "$precision" --steps 100
            unset TORCH_ALLOW_TF32_CUBLAS_OVERRIDE
        done
    done
done

if [ -z "${ORT:-}" ]; then
    echo "skipped: decoding, since ORT does not name the jar of onnxruntime_gpu"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for preset in captions-gpu gpt2; do
    "$java" --add-modules jdk.incubator.vector -cp "$ORT:$jar" io.nanogpt.examples.benchmarks.OnnxBenchmark \
        --folder "$folder/$preset" --preset "$preset" --provider cuda --steps 1000
done
