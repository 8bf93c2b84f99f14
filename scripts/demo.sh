# shellcheck shell=bash
# ./dev demo: the embedded system on loopback, filled through its API, and its reports.

demo() {
  local once='' fresh='' argument
  for argument in "$@"; do
    case $argument in
      --once) once=yes ;;
      --fresh) fresh=yes ;;
      *) die "demo knows --once and --fresh, not '$argument'" ;;
    esac
  done
  DEMO_PORT=${SONGSANG_PORT:-7400}
  [ "$DEMO_PORT" != 0 ] || DEMO_PORT=$(free_port)
  export SONGSANG_HOME=${SONGSANG_DEMO_HOME:-$ROOT/data/demo} SONGSANG_ADDRESS=127.0.0.1:$DEMO_PORT
  SONGSANG=$ROOT/build/$PRESET/songsang
  install_packages build
  build_preset "$PRESET" songsang
  port_is_free "$DEMO_PORT" ||
    die "port $DEMO_PORT is taken (another demo?); stop it, or choose another: SONGSANG_PORT=7500 ./dev demo"
  [ -z "$fresh" ] || rm -rf "$SONGSANG_HOME"
  mkdir -p "$SONGSANG_HOME"
  start_demo_server
  fill_and_report
  [ -n "$once" ] || stay_up
}

start_demo_server() {
  local log=$SONGSANG_HOME/server.log
  say "starting the embedded system on 127.0.0.1:$DEMO_PORT, data in ${SONGSANG_HOME#"$ROOT"/}"
  "$SONGSANG" serve --listen "127.0.0.1:$DEMO_PORT" >>"$log" 2>&1 &
  SERVER=$!
  at_exit "stop_demo_server"
  for _ in $(seq 100); do
    port_is_free "$DEMO_PORT" || return 0
    kill -0 "$SERVER" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 20 "$log" >&2
  die "the server did not start; its log: $log"
}

stop_demo_server() {
  kill "$SERVER" 2>/dev/null || return 0
  wait "$SERVER" 2>/dev/null
}

fill_and_report() {
  say "filling tenant 'demo' with a year of a sales organisation, through the API"
  "$SONGSANG" demo
}

stay_up() {
  say "the system is up; Ctrl-C stops it. In another terminal, here:"
  cat <<TRY
  export SONGSANG_HOME=$SONGSANG_HOME PATH=\$PATH:$(dirname "$SONGSANG")
  songsang --help
TRY
  wait "$SERVER"
}
