# shellcheck shell=bash
# ./dev test: everything through ctest, on real servers of its own.

run_tests() {
  local filter=${1:-.} status=0
  install_packages build test
  build_preset "$PRESET"
  temporary_postgres
  temporary_kafka
  temporary_redis
  foreign_readers
  export SONGSANG_DATA=${SONGSANG_DATA:-$ROOT/../shared/data}
  [ -d "$SONGSANG_DATA" ] || say "no data sets in $SONGSANG_DATA: the tests that need them will be skipped"
  say "testing (SONGSANG_TEST_POSTGRES=$POSTGRES_URL SONGSANG_TEST_KAFKA=$KAFKA SONGSANG_TEST_REDIS=$REDIS)"
  ctest --test-dir "$ROOT/build/$PRESET" --output-on-failure -j "$(nproc)" -R "$filter" || status=$?
  closing_line "$ROOT/build/$PRESET/Testing/Temporary/LastTest.log"
  return $status
}

# Counts the single tests inside the test programs, and says what was skipped and why: `N passed, N failed, N skipped`.
closing_line() {
  awk '
    function close_program() {
      if (!open) return
      if (is_gtest) { passed += p; skipped += s; failed += f; if (bad && f == 0) failed++ }
      else if (bad) failed++
      else if (skip) skipped++
      else passed++
      open = 0
    }
    /^[0-9]+\/[0-9]+ Testing: / { close_program(); open = 1; name = $3; is_gtest = p = s = f = bad = skip = 0 }
    /^\[  PASSED  \] [0-9]+ test/ { is_gtest = 1; p = $4 }
    /^\[  SKIPPED \] [0-9]+ test/ { is_gtest = 1; s = $4 }
    /^\[  FAILED  \] [0-9]+ test.*listed below/ { is_gtest = 1; f = $4 }
    /^\[==========\] Running/ { is_gtest = 1 }
    /^\[  SKIPPED \] [^0-9]/ && !/\(.* ms\)$/ { reasons[name ": " $4] = 1 }
    /^Test Failed|^Test timeout|^Test not run/ { bad = 1 }
    /^Test Skipped|^skipped: / { skip = 1 }
    END {
      close_program()
      for (reason in reasons) print "skipped: " reason
      printf "%d passed, %d failed", passed, failed
      if (skipped) printf ", %d skipped", skipped
      printf "\n"
    }' "$1"
}
