#!/usr/bin/env bash
# Runs the example on a standalone cluster of Apache Spark on this machine: a master and two workers, each a process of its own.
# Compares what it writes with what one process writes, byte for byte, also after executors were killed or stopped, and prints a table
# of the cases, and the SHA-256 of the weights, by which two runs can be compared.
#
#   spark-example/cluster.sh [CASE...]     all cases by default:
#
# train        1, 2 and 4 workers              early-kill   a worker is killed before the first checkpoint
# local-steps  1 and 2 workers                 late-kill    and after it
# tokenize     a kill while texts are encoded  local-kill   and after it, with local steps
# generate     a kill while texts are written  stop         a worker is stopped (SIGSTOP), with spark.network.timeout=20s
# sweep        a kill within 6 runs            speculate    an executor is stopped while texts are encoded, and goes on later
#
# JAVA_HOME  the JDK of all processes (that of the java of the path, by default)
# TEXT       the text to train on (the pages of docs/, by default)
# WORK       a folder for what is written, which is deleted first (a new one under /tmp, by default)
# LIMIT      the seconds after which a job has failed (300 by default)
#
# Needs target/captions-on-spark.jar: mvn -B -Pspark -pl nanogpt-integrations/spark-example -am package -DskipTests -Dinvoker.skip
# Ends with 1 if a case fails. Speculation is on in all of them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
jar=$here/target/captions-on-spark.jar
[ -f "$jar" ] || { echo "$jar is missing; build it with: mvn -B -Pspark -pl nanogpt-integrations/spark-example -am package -DskipTests -Dinvoker.skip" >&2; exit 2; }
JAVA_HOME=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
java=$JAVA_HOME/bin/java
work=${WORK:-$(mktemp -d /tmp/nanogpt-cluster.XXXXXX)}
rm -rf "$work"
mkdir -p "$work/out" "$work/log" "$work/corpus"
cp "$jar" "$work/"
jar=$work/${jar##*/}
text=$work/text.txt
if [ -n "${TEXT:-}" ]; then cp "$TEXT" "$text"; else cat "$here"/../../docs/*.md > "$text"; fi
. "$here/standalone.sh"
cd "$work"

uri() { echo "file://$work/$1"; }
weights() { echo "out/$1/model/model.safetensors"; }
# Runs a job in a process without a cluster, once: train, local-steps or sweep.
alone() {
    [ ! -e "out/alone-$1" ] || return 0
    # The classes of the application name those of Spark, even where it uses none.
    "$java" -Xmx1g --add-modules jdk.incubator.vector -cp "$jar:$work/home/jars/*" io.nanogpt.spark.example.CaptionsOnSpark \
        alone "$1" "$(uri text.txt)" "$(uri "out/alone-$1")" > "log/alone-$1.log" 2>&1
}
# Starts a job, in $job: NAME JOB FROM [ARGUMENT], which writes out/NAME.
start() {
    name=$1 begin=$SECONDS
    submit "$name" "$2" "$3" "$(uri "out/$name")" "${@:4}" & job=$!
}
# Waits for the end of the job, not longer than the limit, and sets $status.
finish() {
    status=0
    while kill -0 $job 2> /dev/null; do
        [ $((SECONDS - begin)) -lt "${LIMIT:-300}" ] || kill -KILL $job
        sleep 0.2
    done
    wait $job || status=$?
    job=
}
failed=0
# Prints how the job ended: FILE OTHER [EXPRESSION [WHAT]] that must be equal, a line that its log must have, and what this shows.
check() {
    local verdict=FAILED what
    if [ $status != 0 ]; then
        what="ended with $status: $(grep -E 'Exception' "log/$name.log" | tail -1)"
    elif ! cmp -s "$1" "$2"; then
        what="$1 and $2 are not equal"
    elif [ -n "${3:-}" ] && ! grep -qE "$3" "log/$name.log"; then
        what="no line of the log has: $3"
    else
        verdict=ok what="same bytes${4:+, $4}"
    fi
    [ $verdict = ok ] || failed=1
    printf '%-16s %-7s %4d s  %s\n' "$name" $verdict $((SECONDS - begin)) "$what"
}

# ---- training

# Trains without a fault: NAME JOB WORKERS
trained() {
    alone "$2"
    start "$1" "$2" "$(uri text.txt)" "$3"
    finish
    check "$(weights "$1")" "$(weights "alone-$2")"
}
case_train() {
    for workers in 1 2 4; do SLOTS=$((workers > 2 ? workers : 2)) trained "train-$workers" train $workers; done
}
case_local-steps() {
    for workers in 1 2; do trained "local-$workers" local-steps $workers; done
}
# Trains with two workers, one of which gets a signal: NAME JOB SIGNAL, then what to wait for.
disturbed() {
    alone "$2"
    start "$1" "$2" "$(uri text.txt)" 2
    await $job "${@:4}" && signal "$3" > "log/$1.pid" || true
    finish
    check "$(weights "$1")" "$(weights "alone-$2")" 'submitted again' "submitted again"
}
case_early-kill() { disturbed early-kill train KILL line early-kill 'Starting task 1.0 in stage'; }
case_late-kill() { disturbed late-kill train KILL file "out/late-kill/step-*40"; }
case_local-kill() { disturbed local-kill local-steps KILL file "out/local-kill/step-*80"; }
case_stop() { disturbed stop train STOP file "out/stop/step-*40"; }

# ---- tasks that are repeated

# The hashes of token files and of the models of a sweep, by name, and the rows of texts.
written() {
    (cd "$1" && find . ! -name '_*' \( -name '*.bin' -o -name '*.bin.json' -o -path './models/*.safetensors' \) | sort | xargs -r sha256sum)
    cat "$1"/part-*.json 2> /dev/null | sort || true
}
same_as() {
    written "out/$1" > "out/$1.written"
    written "out/$name" > "out/$name.written"
    check "out/$name.written" "out/$1.written" "${@:2}"
}
again='Lost task [0-9]+\.0 in stage .*ExecutorLostFailure'
# Kills an executor after something is there, and compares with a run without: OTHER NAME JOB FROM, then what to wait for.
repeated() {
    start "${@:2:3}"
    await $job "${@:5}" && signal KILL > "log/$2.pid" || true
    finish
    same_as "$1" "$again" "lost tasks repeated"
}
# Without a fault: NAME JOB FROM
undisturbed() {
    [ ! -e "out/$1" ] || return 0
    start "$@"
    finish
    [ $status = 0 ] || check /dev/null /dev/null
}
corpus() {
    for number in $(seq 16); do
        for _ in $(seq 4); do cat "$text"; done > "corpus/part-$number.txt"
    done
    undisturbed tokens tokenize "$(uri 'corpus/*.txt')"
}
case_tokenize() {
    corpus
    repeated tokens tokenize tokenize "$(uri 'corpus/*.txt')" file "out/tokenize/*.bin"
}
case_speculate() {
    corpus
    start speculate tokenize "$(uri 'corpus/*.txt')"
    local stopped=
    await $job file "out/speculate/*.bin" && stopped=$(signal STOP) || true
    await $job line speculate 'Marking task .* as speculatable' || true
    finish
    [ -z "$stopped" ] || kill -CONT "$stopped" 2> /dev/null || true
    same_as tokens 'Marking task .* as speculatable' "by another attempt"
}
case_generate() {
    alone train
    undisturbed texts generate "$(uri out/alone-train/model)"
    repeated texts generate generate "$(uri out/alone-train/model)" line generate 'Finished task [0-9]+\.0 in stage [1-9]'
}
case_sweep() {
    alone sweep
    repeated alone-sweep sweep sweep "$(uri text.txt)" file "out/sweep/checkpoints/*/step-*"
}

cases=("$@")
[ $# != 0 ] || cases=(train local-steps early-kill late-kill local-kill stop tokenize speculate generate sweep)
"$java" -version 2>&1 | head -1
start_cluster
for each in "${cases[@]}"; do "case_$each"; done
for file in $(find out -path 'out/alone-*model*' -name model.safetensors | sort); do
    echo "$(sha256sum < "$file" | cut -d ' ' -f 1)  ${file#out/alone-}"
done
echo "logs: $work/log"
exit $failed
