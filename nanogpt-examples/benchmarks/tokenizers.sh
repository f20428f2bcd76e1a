#!/usr/bin/env bash
# Times byte-level BPE beside Hugging Face tokenizers and tiktoken, in turn, in the same minutes, on the same text and vocabulary.
#
#   benchmarks/tokenizers.sh FILE [VOCABULARY] [ROUNDS]
#
# PYTHON  a Python with tokenizers and tiktoken (python3 by default)
# JAVA    the java to use (the one of JAVA_HOME, or of the path, by default)
# PEER    peers.py (the one beside the checkout, in shared/peers/tokenizers, by default)
#
# Needs target/nanogpt.jar: mvn -B -DskipTests package
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
file=${1:?a text file}
vocabulary=${2:-10000}
rounds=${3:-3}
python=${PYTHON:-python3}
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
peer=${PEER:-$here/../../../shared/peers/tokenizers/peers.py}
jar=$here/../target/nanogpt.jar
[ -f "$jar" ] || { echo "$jar is missing; build it with: mvn -B -DskipTests package" >&2; exit 2; }
[ -f "$peer" ] || { echo "$peer is missing; name peers.py with PEER=..." >&2; exit 2; }
"$python" -c 'import tokenizers, tiktoken' 2> /dev/null \
    || { echo "$python lacks tokenizers or tiktoken; name one with PYTHON=..." >&2; exit 2; }

saved=$(mktemp -d)
trap 'rm -rf "$saved"' EXIT
ours() { "$java" -cp "$jar" io.nanogpt.examples.benchmarks.TokenizerBenchmark "$@"; }

for round in $(seq "$rounds"); do
    echo "round $round"
    "$python" "$peer" "$file" --vocab "$vocabulary" --save "$saved/tokenizer.json"
    ours train "$file" "$vocabulary"
    # With the vocabulary that Hugging Face has just trained.
    ours code "$file" "$saved/tokenizer.json" 1
    ours code "$file" "$saved/tokenizer.json" 2
done
