#!/usr/bin/env bash
# Puts the library into hostile circumstances (changed files, killed and competing processes, full disks, planted links, many
# threads) and prints a table of what was tried and what was found. docs/reliability.md describes the parts.
#
#   benchmarks/hostile.sh [MINUTES] [PART...]     MINUTES is 2 by default, and shared by the parts: mutate onnx kill share
#                                                 disk links threads resources, all of them by default
#   benchmarks/hostile.sh replay FOLDER           reads the file of a finding again
#
# JAVA        the java to use (the one of JAVA_HOME, or of the path, by default)
# JAVA_NEWER  a java of version 21 or newer for the part threads, which has virtual threads (JAVA by default)
# SEED        seed of all inputs (the time by default); only the moments of kills and the order of threads do not depend on it
# OUT         the folder for findings, the table and files of the test (target/hostile by default)
#
# Needs target/nanogpt.jar: mvn -B -DskipTests package. Ends with 1 if there are findings.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
out=${OUT:-$here/../target/hostile}
seed=${SEED:-$(date +%s)}
jar=$here/../target/nanogpt.jar
resources=$here/../../nanogpt-impl/src/test/resources
[ -f "$jar" ] || { echo "$jar is missing; build it with: mvn -B -DskipTests package" >&2; exit 2; }

# Mounts of its own, which end with it, for full and read-only disks.
if [ -z "${HOSTILE_MOUNTS:-}" ]; then
    if [ "$(id -u)" = 0 ] && unshare -m true 2> /dev/null; then
        HOSTILE_MOUNTS=yes exec unshare -m bash "${BASH_SOURCE[0]}" "$@"
    fi
    HOSTILE_MOUNTS=no
fi
mounts=()
[ "$HOSTILE_MOUNTS" = no ] || mounts=(--private-mounts)

# Runs a part: NAME SECONDS JAVA FINDINGS. Files that only the test reads need no disk.
work=$out/work
[ ! -w /dev/shm ] || work=$(mktemp -d /dev/shm/nanogpt-hostile.XXXXXX)
trap 'rm -rf "$work"' EXIT
part() {
    "$3" -Xmx1g --add-modules jdk.incubator.vector -cp "$jar" io.nanogpt.examples.benchmarks.hostile.Hostile "$1" \
        --seconds "$2" --seed "$seed" --work "$work/$1" --findings "$4" --table "$out/rows.tsv" \
        --progress "$out/progress" --resources "$resources" "${mounts[@]}" 2>> "$out/$1.err"
}

mkdir -p "$out"
rm -rf "$out"/*.err "$out/rows.tsv" "$out/progress"
touch "$out/rows.tsv"
if [ "${1:-}" = replay ]; then
    part replay 60 "$java" "${2:?name the folder of a finding}"
    exit
fi

minutes=${1:-2}
[ $# = 0 ] || shift
all=(mutate onnx kill share disk links threads resources)
declare -A share=([mutate]=30 [onnx]=6 [kill]=18 [share]=14 [disk]=8 [links]=6 [threads]=8 [resources]=10)
parts=("${@:-${all[@]}}")
[ $# != 0 ] || parts=("${all[@]}")
total=0
for name in "${parts[@]}"; do
    [ -n "${share[$name]:-}" ] || { echo "no part is called $name; the parts are ${all[*]}" >&2; exit 2; }
    total=$((total + share[$name]))
done

rm -rf "$out/findings" "$out"/died-*
version=$("$java" -version 2>&1 | head -1)
echo "$version, $(uname -m), $(nproc) processors, $(date -u +%Y-%m-%d), seed $seed, $minutes minutes" | tee "$out/table.txt"
for name in "${parts[@]}"; do
    end=$(awk -v now="$(date +%s)" -v m="$minutes" -v s="${share[$name]}" -v t="$total" 'BEGIN { printf "%d", now + 60 * m * s / t }')
    used=$java
    [ "$name" != threads ] || used=${JAVA_NEWER:-$java}
    rm -f "$out/progress"
    code=3
    # 3: a call did not end; another JVM does the rest.
    while [ "$code" = 3 ] && seconds=$(awk -v now="$(date +%s)" -v e="$end" 'BEGIN { print e - now; exit e - now < 1 }'); do
        echo "== $name, $seconds seconds"
        code=0
        part "$name" "$seconds" "$used" "$out/findings" || code=$?
    done
    if [ "$code" != 0 ] && [ "$code" != 1 ] && [ "$code" != 3 ]; then
        cp -a "$work/$name" "$out/died-$name"
        printf 'found\t%s ended with %s; see %s.err and died-%s\t1\t\n' "$name" "$code" "$name" "$name" >> "$out/rows.tsv"
        tail -5 "$out/$name.err"
    fi
    rm -rf "${work:?}/$name"
done
echo
awk -F'\t' '
    $1 == "tried" { tried[$2] += $3; findings[$2] += $4 }
    $1 == "found" { found[$2] += $3 }
    $1 == "skipped" { skipped[$2] = $4 }
    END {
        sort = "sort"
        printf "%-36s %10s %9s\n", "inputs", "tried", "findings"
        for (name in tried) { printf "%-36s %10d %9d\n", name, tried[name], findings[name] | sort; all += tried[name]; bad += findings[name] }
        close(sort)
        printf "%-36s %10d %9d\n", "all", all, bad
        for (name in skipped) printf "not run: %s: %s\n", name, skipped[name]
        for (kind in found) printf "%7d times: %s\n", found[kind], kind
    }' "$out/rows.tsv" | tee -a "$out/table.txt"
if grep -q '^found' "$out/rows.tsv"; then
    echo "findings are in $out/findings; read the file of one again with: $0 replay FOLDER"
    exit 1
fi
echo "no findings"
