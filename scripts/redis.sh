# shellcheck shell=bash
# A Redis of our own: it keeps nothing, as it is never the truth; on 127.0.0.1 only.

# start_redis FOLDER PORT: sets REDIS.
start_redis() {
  local folder=$1 port=$2
  mkdir -p "$folder"
  redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$folder" \
    --daemonize yes --pidfile "$folder/pid" --logfile "$folder/log" >/dev/null
  for _ in $(seq 100); do
    if [ "$(redis-cli -p "$port" ping 2>/dev/null)" = PONG ]; then
      export REDIS=redis://127.0.0.1:$port
      return 0
    fi
    sleep 0.05
  done
  die "Redis did not start: $(tail -n 5 "$folder/log")"
}

stop_redis() { kill_server "$1/pid"; }

# One that ends with this script: sets REDIS and SONGSANG_TEST_REDIS.
temporary_redis() {
  local folder
  folder=$(mktemp -d "${TMPDIR:-/tmp}/songsang-redis-XXXXXX")
  at_exit "rm -rf '$folder'"
  at_exit "stop_redis '$folder'"
  say "starting Redis in $folder"
  start_redis "$folder" "$(free_port)"
  export SONGSANG_TEST_REDIS=$REDIS
}
