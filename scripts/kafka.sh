# shellcheck shell=bash
# An Apache Kafka of our own: one node that is broker and controller (KRaft), in a folder that is thrown away, on
# 127.0.0.1 only. Nothing makes a topic by accident, and transactions are real.

# Sets KAFKA_JARS: the folder of the jars. Maven fetches them once a machine (46 MB); afterwards no network is needed.
kafka_jars() {
  local pom=$ROOT/scripts/kafka/pom.xml fresh
  KAFKA_JARS=${XDG_CACHE_HOME:-$HOME/.cache}/songsang-kafka-$(sha256sum "$pom" | cut -c-12)
  [ ! -d "$KAFKA_JARS" ] || return 0
  say "fetching Apache Kafka into $KAFKA_JARS"
  mkdir -p "${KAFKA_JARS%/*}"
  fresh=$(mktemp -d "$KAFKA_JARS-XXXXXX")
  if ! { fetch_kafka "$pom" "$fresh" || fetch_kafka "$pom" "$fresh"; }; then
    rm -rf "$fresh"
    die "Maven could not fetch Apache Kafka (the tests of the streams need it)"
  fi
  # Another script may have been quicker; one of the two is kept.
  mv -T "$fresh" "$KAFKA_JARS" 2>/dev/null || rm -rf "$fresh"
}

# The second try finds what the first one had already.
fetch_kafka() {
  mvn -B -q -Dstyle.color=never -f "$1" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$2" >&2
}

# start_kafka FOLDER PORT [SETTING=VALUE…]: sets KAFKA. Settings are kept with the folder: a later start needs none.
start_kafka() {
  local folder=$1 port=$2 pid
  shift 2
  [ -f "$folder/server.properties" ] || kafka_settings "$folder" "$port" "$@"
  kafka_jars
  [ ! -f "$folder/log" ] || mv "$folder/log" "$folder/log.before"
  # A small heap and the quick compiler: it starts in two seconds and keeps the cores for what is tested.
  setsid java -Xms64m -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true \
    -Dorg.slf4j.simpleLogger.showDateTime=true '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS' \
    -cp "$KAFKA_JARS/*" kafka.Kafka "$folder/server.properties" >"$folder/log" 2>&1 </dev/null &
  pid=$!
  disown "$pid"
  echo "$pid" >"$folder/pid"
  for _ in $(seq 600); do
    if grep -q 'Kafka Server started' "$folder/log"; then
      export KAFKA=127.0.0.1:$port
      return 0
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -9 "$pid" 2>/dev/null
  die "Kafka did not start: $(tail -n 5 "$folder/log")"
}

# kafka_settings FOLDER PORT [SETTING=VALUE…]: makes the folder of a new broker.
kafka_settings() {
  local folder=$1 port=$2 controller
  shift 2
  controller=$(free_port)
  mkdir -p "$folder/data"
  {
    echo "process.roles=broker,controller"
    echo "node.id=1"
    echo "controller.quorum.voters=1@127.0.0.1:$controller"
    echo "listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller"
    echo "advertised.listeners=PLAINTEXT://127.0.0.1:$port"
    echo "controller.listener.names=CONTROLLER"
    echo "log.dirs=$folder/data"
    echo "auto.create.topics.enable=false"
    echo "default.replication.factor=1"
    echo "offsets.topic.replication.factor=1"
    echo "offsets.topic.num.partitions=3"
    echo "transaction.state.log.replication.factor=1"
    echo "transaction.state.log.min.isr=1"
    echo "transaction.state.log.num.partitions=3"
    echo "group.initial.rebalance.delay.ms=0"
    # A third of the heap otherwise.
    echo "log.cleaner.dedupe.buffer.size=8388608"
    # After a kill it may register again only when its former life is given up.
    echo "broker.session.timeout.ms=2000"
    echo "broker.heartbeat.interval.ms=300"
    printf '%s\n' "$@"
  } >"$folder/server.properties"
  # What Kafka's own format tool writes, without the second it takes.
  printf 'version=1\ncluster.id=c29uZ3NhbmctdGVzdHMxMg\nnode.id=1\n' >"$folder/data/meta.properties"
}

stop_kafka() { kill_server "$1/pid"; }

# One that ends with this script: sets KAFKA and SONGSANG_TEST_KAFKA.
temporary_kafka() {
  local folder
  kafka_jars
  folder=$(mktemp -d "${TMPDIR:-/tmp}/songsang-kafka-XXXXXX")
  at_exit "rm -rf '$folder'"
  at_exit "stop_kafka '$folder'"
  say "starting Kafka in $folder"
  start_kafka "$folder" "$(free_port)"
  export SONGSANG_TEST_KAFKA=$KAFKA
}
