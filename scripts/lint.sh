# shellcheck shell=bash
# The checks that read the code without building it. Exit status 77 means: could not be checked here.

SKIPPED=77
BUF_VERSION=1.75.0

# Our own C++ files, as git knows them (or as they lie, outside git).
own_sources() {
  (
    cd "$ROOT" || exit
    if git rev-parse --git-dir >/dev/null 2>&1; then
      git ls-files --cached --others --exclude-standard -- '*.cpp' '*.h'
    else
      find common services tests -name '*.cpp' -o -name '*.h'
    fi
  ) | grep -E '^(common|services|tests)/' | while read -r file; do [ ! -f "$ROOT/$file" ] || echo "$file"; done
}

lint_format() {
  command -v clang-format >/dev/null || { echo "skipped: clang-format is not installed"; return $SKIPPED; }
  local wrong
  wrong=$(cd "$ROOT" && own_sources | xargs -r clang-format --dry-run 2>&1 | sed -n 's/:[0-9]*:[0-9]*: warning: .*//p' | sort | uniq -c)
  [ -z "$wrong" ] || { printf 'format: ./dev fmt would change these (places, file):\n%s\n' "$wrong"; return 1; }
  echo "format: every file as clang-format writes it"
}

lint_shell() {
  command -v shellcheck >/dev/null || { echo "skipped: shellcheck is not installed"; return $SKIPPED; }
  (cd "$ROOT" && shellcheck -x -P SCRIPTDIR -S warning dev .ci/run scripts/*.sh scripts/stack_control tests/tidy/compare_reasons tests/performance/bench) && echo "shell: clean"
}

# buf comes as an npm package; the build itself never needs it.
find_buf() {
  local local_buf="$ROOT/.cache/buf/node_modules/.bin/buf"
  if command -v buf >/dev/null; then
    echo buf
  elif [ -x "$local_buf" ]; then
    echo "$local_buf"
  elif command -v npm >/dev/null &&
    timeout 120 npm install --silent --no-fund --no-audit --prefix "$ROOT/.cache/buf" "@bufbuild/buf@$BUF_VERSION" >/dev/null 2>&1; then
    echo "$local_buf"
  else
    return 1
  fi
}

lint_proto() {
  local buf
  buf=$(find_buf) || { echo "skipped: neither buf nor npm is installed"; return $SKIPPED; }
  (cd "$ROOT" && "$buf" lint) && echo "proto: buf lint is content"
}

# The sources that differ from the commit before; with --all, every one.
tidy_sources() {
  if [ "${1:-}" = --all ]; then
    own_sources | grep '\.cpp$'
  else
    (
      cd "$ROOT" || exit
      base=${SONGSANG_LINT_BASE:-$(git rev-parse --verify -q HEAD~1)}
      [ -z "$base" ] || git diff --name-only --diff-filter=d "$base" -- '*.cpp'
      git ls-files --others --exclude-standard -- '*.cpp'
    ) 2>/dev/null | grep -E '^(common|services|tests)/' | sort -u
  fi
}

# clang-tidy takes seconds a file, so what it found clean is remembered by what it read: the file, our headers that the
# compiler saw with it, and the settings.
TIDY_MEMORY=${XDG_CACHE_HOME:-$HOME/.cache}/songsang-tidy

# tidy_one BUILD FILE
tidy_one() {
  local build=$1 file=$2 read key=none
  read=$(grep -F "$ROOT/$file " "$build/deps.txt" | tr ' ' '\n' | sort -u)
  [ -z "$read" ] || key=$( (cd "$build" && printf '%s\n' "$ROOT/.clang-tidy" "$read" | xargs cat) 2>/dev/null | sha256sum | cut -d' ' -f1)
  [ ! -e "$TIDY_MEMORY/$key" ] || return 0
  (cd "$ROOT" && clang-tidy --quiet -p "$build" "$file" 2>/dev/null) || return 1
  [ "$key" = none ] || { mkdir -p "$TIDY_MEMORY" && : >"$TIDY_MEMORY/$key"; }
}

lint_tidy() {
  local build=${SONGSANG_BUILD:-$ROOT/build/${SONGSANG_PRESET:-dev}} sources
  command -v clang-tidy >/dev/null || { echo "skipped: clang-tidy is not installed"; return $SKIPPED; }
  # It reads generated headers too.
  [ -f "$build/proto/libmessages.a" ] || build_preset "${build##*/}" messages
  sources=$(tidy_sources "$@" | while read -r file; do ! grep -qF "/$file\"" "$build/compile_commands.json" || echo "$file"; done)
  [ -n "$sources" ] || { echo "tidy: no source has changed"; return 0; }
  # One line an object: what its compiler read of ours.
  ninja -C "$build" -t deps | awk '
    /^[^ ]/ { if (line) print line; line = "" }
    /^ / && $1 !~ "^/usr/" { line = line " " $1 }
    END { if (line) print line }' | sed "s# \.\./\.\./# $ROOT/#g" >"$build/deps.txt"
  export ROOT TIDY_MEMORY
  export -f tidy_one
  # shellcheck disable=SC2016 # expanded by the inner shell
  printf '%s\n' "$sources" | xargs -P "$(jobs_at_once)" -I{} bash -c 'tidy_one "$0" "$1"' "$build" {} &&
    echo "tidy: $(printf '%s\n' "$sources" | wc -l) files clean"
}
