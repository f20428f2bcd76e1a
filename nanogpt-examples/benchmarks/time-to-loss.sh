#!/usr/bin/env bash
# Trains the captions or Tiny Shakespeare with each recipe, and prints the validation loss over the whole split, the seconds
# since the program started, and the mean and deviation over seeds. PyTorch with the notebook's recipe runs in between.
#
#   benchmarks/time-to-loss.sh [captions|shakespeare] [TARGET] [SEEDS] [RECIPE[:OPTION=VALUE...]...]
#
# A recipe counts when its mean over the seeds is at most TARGET (1.13 and 1.75 by default). SEEDS is 10 by default. The
# recipes are those of LossBenchmark, and pytorch for recipe.py; by default modern:steps=240 tables pytorch.
#
# PYTHON  a Python with torch (python3 by default)
# JAVA    the java to use (the one of JAVA_HOME, or of the path, by default)
# DATA    the folder of the data (the one beside the checkout, in shared/data, by default)
# PEER    recipe.py (the one beside the checkout, in shared/peers, by default)
# THREADS 2 by default
#
# Needs target/nanogpt.jar: mvn -B -DskipTests package
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
corpus=${1:-captions}
case $corpus in
    captions) file=open-melon-captions.json target=${2:-1.13} ;;
    shakespeare) file=tiny-shakespeare.txt target=${2:-1.75} ;;
    *) echo "the corpus must be captions or shakespeare, but is $corpus" >&2; exit 2 ;;
esac
seeds=${3:-10}
recipes=("${@:4}")
[ ${#recipes[@]} != 0 ] || recipes=(modern:steps=240 tables pytorch)
python=${PYTHON:-python3}
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
data=${DATA:-$here/../../../shared/data}/$file
peer=${PEER:-$here/../../../shared/peers/recipe.py}
threads=${THREADS:-2}
jar=$here/../target/nanogpt.jar
[ -f "$jar" ] || { echo "$jar is missing; build it with: mvn -B -DskipTests package" >&2; exit 2; }
[ -f "$data" ] || { echo "$data is missing; name its folder with DATA=..." >&2; exit 2; }
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT

# Prints: loss seconds
run() {
    local name=${1%%:*} options=() seed=$2
    if [ "$name" = pytorch ]; then
        [ "$corpus" = captions ] || { echo "recipe.py has a recipe for the captions alone" >&2; return 1; }
        local begin line
        begin=$(date +%s.%N)
        line=$("$python" "$peer" baseline --seed "$seed" --threads "$threads")
        echo "$line $begin $(date +%s.%N)" | sed -E "s/.*'val': ([0-9.]+).*\} ([0-9.]+) ([0-9.]+)/\1 \2 \3/" | awk '{ print $1, $3 - $2 }'
        return
    fi
    IFS=: read -ra parts <<< "$1"
    for option in "${parts[@]:1}"; do options+=("--${option%%=*}" "${option#*=}"); done
    "$java" --add-modules jdk.incubator.vector -cp "$jar" io.nanogpt.examples.benchmarks.LossBenchmark \
        --recipe "$name" --data "$data" --seed "$seed" --threads "$threads" "${options[@]}" 2> /dev/null |
        sed -nE 's/.*loss ([0-9.]+), ([0-9.]+) s since.*/\1 \2/p'
}

for seed in $(seq "$seeds"); do
    for recipe in "${recipes[@]}"; do
        result=$(run "$recipe" "$seed")
        echo "$recipe $result" >> "$rows"
        echo "seed $seed, $recipe: loss ${result% *}, ${result#* } s"
    done
done
awk -v t="$target" '
    { n[$1]++; l[$1] += $2; q[$1] += $2 * $2; s[$1] += $3; if (!($1 in m) || $3 < m[$1]) m[$1] = $3 }
    END {
        for (r in n) {
            mean = l[r] / n[r]
            deviation = n[r] > 1 ? sqrt((q[r] - n[r] * mean * mean) / (n[r] - 1)) : 0
            printf "%s: mean loss %.4f (deviation %.4f, %d seeds)%s, mean %.2f s, least %.2f s\n", r, mean, deviation, n[r],
                mean <= t ? "" : ", above the target " t, s[r] / n[r], m[r]
        }
    }' "$rows"
