# shellcheck shell=bash
# What every command of ./dev uses: speaking, installing, building.

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }

# The packages of the named sections of packages.txt.
packages_of() {
  local section
  for section in "$@"; do
    sed -e 's/#.*//' "$ROOT/scripts/packages.txt" |
      awk -v wanted="[$section]" '/^\[/ { inside = ($1 == wanted); next } inside && NF { print $1 }'
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "installing packages needs root: run '$*' as root, then try again"
  fi
}

# Installs what is missing of the named sections; quiet and quick where nothing is.
install_packages() {
  local wanted missing=() package
  wanted=$(packages_of "$@")
  for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "Songsang is built on Debian 12; missing: ${missing[*]}"
  say "installing ${#missing[@]} packages: ${missing[*]}"
  no_database_cluster
  no_redis_service "${missing[@]}"
  as_root apt-get update -q >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
  services_may_start
}

# Debian's PostgreSQL starts a server of its own when it is installed; the tests start theirs in a temporary folder.
no_database_cluster() {
  [ ! -d /etc/postgresql-common/createcluster.d ] || return 0
  [ ! -e /etc/postgresql/15/main ] || return 0
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  printf 'create_main_cluster = false\n' |
    as_root tee /etc/postgresql-common/createcluster.d/songsang.conf >/dev/null
}

# Debian's Redis is enabled and started when it is installed, under systemd or without: neither here. One that was on the
# machine already stays as it is. no_redis_service PACKAGE…
no_redis_service() {
  case " $* " in *" redis-server "*) ;; *) return 0 ;; esac
  as_root mkdir -p /etc/systemd/system
  [ -e /etc/systemd/system/redis-server.service ] || as_root ln -s /dev/null /etc/systemd/system/redis-server.service
  [ ! -e /usr/sbin/policy-rc.d ] || return 0
  printf '#!/bin/sh\n# songsang\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
  as_root chmod 755 /usr/sbin/policy-rc.d
  at_exit services_may_start
}

# Only for as long as we install.
services_may_start() {
  ! grep -qs '^# songsang$' /usr/sbin/policy-rc.d || as_root rm -f /usr/sbin/policy-rc.d
}

# build_preset PRESET [TARGET...]
build_preset() {
  local preset=$1 targets=()
  shift
  [ $# -eq 0 ] || targets=(--target "$@")
  say "building (preset $preset${*:+, $*})"
  (
    cd "$ROOT" || exit
    if [ -f "build/$preset/build.ninja" ]; then
      cmake -S . -B "build/$preset" >/dev/null
    else
      cmake --preset "$preset" | sed -n '/Error\|Warning\|written/p'
    fi
    cmake --build "build/$preset" -j "$(jobs_at_once)" "${targets[@]}"
  ) >&2
}

# A compiler of this code takes up to 1 GB: one job a core, but no more than memory holds.
jobs_at_once() {
  local cores gigabytes
  cores=$(nproc)
  gigabytes=$(awk '/MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
  if [ "$gigabytes" -lt "$cores" ]; then
    echo $((gigabytes > 0 ? gigabytes : 1))
  else
    echo "$cores"
  fi
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 12000))
    if port_is_free "$port"; then
      echo "$port"
      return
    fi
  done
  die "no free port between 20000 and 32000"
}

# A server's process and those it made. signal_server SIGNAL PID_FILE
signal_server() {
  local pid
  pid=$(head -n 1 "$2" 2>/dev/null) || return 0
  # shellcheck disable=SC2046 # one word a process
  kill "-$1" "$pid" $(ps -o pid= --ppid "$pid") 2>/dev/null || true
}

# Without a chance to tidy up, and not before it is gone. kill_server PID_FILE
kill_server() {
  local pid
  pid=$(head -n 1 "$1" 2>/dev/null) || return 0
  # Stopped first, it makes no more processes.
  kill -STOP "$pid" 2>/dev/null || true
  signal_server KILL "$1"
  # One that nobody waits for is gone all the same; but PostgreSQL would take its number for a server that runs.
  while grep -qs '^State:.[^ZX]' "/proc/$pid/status"; do sleep 0.02; done
  rm -f "$1"
}

# What was started must be stopped, whatever ends the script: `at_exit "command"` adds one, last first.
CLEANUP=()
at_exit() { CLEANUP=("$1" "${CLEANUP[@]}"); }
clean_up() {
  local status=$? command
  trap - EXIT INT TERM
  for command in "${CLEANUP[@]}"; do eval "$command" || true; done
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
