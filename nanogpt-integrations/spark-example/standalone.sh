# A standalone cluster of Apache Spark on this machine, for cluster.sh, which sets $jar and $work: a master and two workers, and what
# becomes of their executors.

# An installation of Spark, as its processes look for it: links to its jars.
mkdir -p "$work/home/jars" "$work/tmp"
for file in $(tr ':' ' ' < "$here/target/spark.classpath") "$here"/target/spark/*.jar; do ln -s "$file" "$work/home/jars/"; done
echo "Spark, from the jars of a build" > "$work/home/RELEASE"
export JAVA_HOME SPARK_HOME=$work/home SPARK_WORKER_DIR=$work/work SPARK_LOCAL_DIRS=$work/local SPARK_SCALA_VERSION=2.13
export SPARK_LOCAL_IP=127.0.0.1 TMPDIR=$work/tmp
opens=(-XX:+IgnoreUnrecognizedVMOptions --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED)
for name in java.lang java.lang.invoke java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic \
    jdk.internal.ref sun.nio.ch sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$name=ALL-UNNAMED")
done
# Becomes a process of Spark: call it in a shell of its own.
spark() { exec "$java" "-Xmx$1" "${opens[@]}" -Djava.io.tmpdir="$TMPDIR" -cp "$work/home/jars/*" "${@:2}"; }

master_port=$((20000 + RANDOM % 10000))
pids=()
trap 'for pid in ${job:-} $(executors) "${pids[@]}"; do kill -KILL "$pid" 2> /dev/null || true; done' EXIT
# The executors: children of the two workers.
executors() { for pid in "${pids[@]:1}"; do pgrep -P "$pid" -f CoarseGrainedExecutorBackend || true; done; }

start_cluster() {
    spark 256m org.apache.spark.deploy.master.Master --host 127.0.0.1 --port $master_port --webui-port 0 \
        > log/master.log 2>&1 & pids+=($!)
    for number in 1 2; do
        spark 256m org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 2 --memory 2g --webui-port 0 \
            "spark://127.0.0.1:$master_port" > "log/worker-$number.log" 2>&1 & pids+=($!)
    done
    for _ in $(seq 120); do
        [ "$(grep -c 'Registering worker' log/master.log || true)" != 2 ] || return 0
        sleep 1
    done
    echo "the workers of the cluster did not start; see $work/log" >&2
    exit 2
}

# Becomes a job with a log of its name, on two executors or as many as SLOTS says: NAME ARGUMENT...
submit() {
    spark 512m --add-modules jdk.incubator.vector org.apache.spark.deploy.SparkSubmit --master "spark://127.0.0.1:$master_port" \
        --class io.nanogpt.spark.example.CaptionsOnSpark --driver-memory 512m --executor-memory 700m --executor-cores 1 \
        --total-executor-cores "${SLOTS:-2}" \
        --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1 \
        --conf spark.speculation=true --conf spark.network.timeout=20s --conf spark.network.timeoutInterval=10s \
        --conf spark.executor.heartbeatInterval=5s --conf "spark.sql.warehouse.dir=$work/warehouse" \
        --conf "spark.executor.extraJavaOptions=--add-modules jdk.incubator.vector" "$jar" "${@:2}" > "log/$1.log" 2>&1
}

# Waits, while a process lives, for a file by pattern or a line in a log: PROCESS, then file PATTERN or line LOG EXPRESSION.
await() {
    while kill -0 "$1" 2> /dev/null; do
        case $2 in
            file) compgen -G "$3" > /dev/null && return ;;
            line) grep -qE "$4" "log/$3.log" 2> /dev/null && return ;;
        esac
        sleep 0.1
    done
    echo "the job ended before ${*:3}" >&2
    return 1
}
# Sends a signal to the executor that was started first, and prints its process.
signal() {
    local pid
    pid=$(executors | head -1)
    [ -n "$pid" ] || { echo "there is no executor" >&2; return 1; }
    kill "-$1" "$pid"
    echo "$pid"
}
