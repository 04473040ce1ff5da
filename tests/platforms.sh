# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Stages of tests/run --full: other CPUs, word sizes, and what watches a program from outside. Each says what it leaves out where a package
# is missing (cmake/setup.sh full installs them).

# have_all COMMAND...: whether a stage can run; says which command is missing if not.
have_all() {
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null && continue
    say "${FUNCNAME[1]}: $command is not installed (cmake/setup.sh full): left out"
    return 1
  done
}

# NEON, by an emulator that is ten to thirty times as slow as the CPU: one build with OpenMP, one without. A thread that waits sleeps: emulated
# ones that spin take the processors from those that they wait for.
aarch64() {
  have_all aarch64-linux-gnu-g++ qemu-aarch64 || return 0
  local cross=("-DCMAKE_TOOLCHAIN_FILE=$root/cmake/aarch64.cmake" -DDECONV_ENABLE_ONEDNN=OFF -DDECONV_BUILD_TOOLS=OFF
    "-DDECONV_TEST_REQUIRE=naive;highway/NEON")
  say "AArch64 with OpenMP, by qemu-user"
  build aarch64 "${cross[@]}"
  OMP_WAIT_POLICY=passive check aarch64 -E "$once|consumer|install"
  say "AArch64 without OpenMP, static library, by qemu-user"
  build aarch64-serial "${cross[@]}" -DDECONV_ENABLE_OPENMP=OFF -DBUILD_SHARED_LIBS=OFF
  check aarch64-serial -E "$once|consumer|install"
}

# The main build's library on x86-64 CPUs of 2013, 2010, 2008 and 2003: what the dispatch finds is what they have, and it is right. qemu 7.2
# reads lanes that a masked load leaves out: guard pages watch writes only.
emulated_cpus() {
  have_all qemu-x86_64 || return 0
  local cpu isa absent run api tests="$root/build/test/tests"
  if [[ ! -x $tests/conformance_test ]]; then say "emulated CPUs: there is no main build: left out" && return; fi
  while read -r cpu isa absent; do
    say "main build on an emulated $cpu: $isa, not $absent"
    run=(env OMP_WAIT_POLICY=passive DECONV_TEST_GUARD=writes qemu-x86_64 -cpu "$cpu")
    "${run[@]}" "$tests/conformance_test" --backend=highway --isa="$isa" --require --seconds=2 \
      -tc="channels: *edges,channels: groups*,channels: depthwise*,edges: named*,layouts*,fill*,golden*"
    api='choice*,about*,lifetime*,plan*'
    if [[ $isa == SCALAR ]]; then  # the latter two want every backend, and oneDNN needs SSE4.1: it says so, where it once ended the process
      api='choice*,about*'
      [[ " ${main[*]} " == *ENABLE_ONEDNN=OFF* ]] ||
        "${run[@]}" "$root/build/test/bin/deconv" explain d1 ic4 oc4 ih9 k3 | grep 'oneDNN needs a CPU with SSE4.1'
    fi
    "${run[@]}" "$tests/api_test" --test-case="$api"
    if "${run[@]}" "$tests/conformance_test" --backend=highway --isa="$absent" --require; then
      echo "the library offers $absent on a CPU that lacks it" && return 1
    fi
  done <<<'Haswell AVX2 AVX3
Westmere SSE4 AVX2
Nehalem SSSE3 SSE4
qemu64 SCALAR SSSE3'
}

# Races: clang's OpenMP runtime with its tool for ThreadSanitizer, and hosts with pools of their own (no OpenMP). They depend on no instruction
# set: one is compiled.
races() {
  have_all clang++-19 || return 0
  local archer=/usr/lib/llvm-19/lib/libarcher.so
  say "ThreadSanitizer, clang 19 and its OpenMP"
  build tsan-openmp -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 -DDECONV_ENABLE_ONEDNN=OFF -DDECONV_SANITIZE=thread \
    "-DCMAKE_CXX_FLAGS_RELEASE=-O1" "$(without AVX3 AVX2 SSE4 SSSE3)" --target concurrency_test api_test
  OMP_WAIT_POLICY=passive KMP_BLOCKTIME=0 OMP_TOOL_LIBRARIES=$archer TSAN_OPTIONS=ignore_noninstrumented_modules=1 check tsan-openmp -R '^(concurrency|api)_test$'
  say "ThreadSanitizer, g++ without OpenMP"
  build tsan -DDECONV_ENABLE_OPENMP=OFF -DDECONV_ENABLE_ONEDNN=OFF -DDECONV_SANITIZE=thread "-DCMAKE_CXX_FLAGS_RELEASE=-O1" \
    "$(without AVX3 AVX2 SSE4 SSSE3)" --target concurrency_test api_test
  check tsan -R '^(concurrency|api)_test$'
}

# Memory that was never written, and leaks. Valgrind knows no AVX-512: the library finds AVX2. Guarded workspaces and outputs are marked as
# undefined (tests/support/guarded_buffer.cpp), so that a result that depends on what was there before is a finding.
memcheck() {
  have_all valgrind || return 0
  local watch=(valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite)
  say "valgrind, static library without OpenMP"
  build memcheck -DBUILD_SHARED_LIBS=OFF -DDECONV_ENABLE_ONEDNN=OFF -DDECONV_ENABLE_OPENMP=OFF "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -g1" \
    "$(without AVX3 SSSE3)" --target api_test concurrency_test conformance_test
  local tests="$root/build/memcheck/tests" isa process watched=()
  for isa in AVX2 SSE4; do  # at once: valgrind gives a process one processor
    "${watch[@]}" "$tests/conformance_test" --backend=highway --isa=$isa --require --seconds=30 \
      -tc="channels: *edges,channels: groups*,edges: named*,layouts*,epilogue: wide*,fill*,memory*,property: the same*,random*" &
    watched+=($!)
  done
  "${watch[@]}" "$tests/api_test" &
  watched+=($!)
  "${watch[@]}" "$tests/concurrency_test" &
  watched+=($!)
  for process in "${watched[@]}"; do wait "$process"; done
}

# 32-bit addresses: extents stay int64_t, what does not fit size_t must be refused. Arithmetic in SSE registers: the x87's further bits make
# tests of equal doubles fail.
i386() {
  have_all i686-linux-gnu-g++ || return 0
  say "i386, static library without OpenMP"
  build i386 "-DCMAKE_CXX_FLAGS=-msse2 -mfpmath=sse" -DCMAKE_C_COMPILER=i686-linux-gnu-gcc -DCMAKE_CXX_COMPILER=i686-linux-gnu-g++ -DCMAKE_LIBRARY_ARCHITECTURE=i386-linux-gnu \
    -DBUILD_SHARED_LIBS=OFF -DDECONV_ENABLE_ONEDNN=OFF -DDECONV_ENABLE_OPENMP=OFF
  check i386 -E "$once|consumer|install"
}

# .clang-tidy's list, which gives a reason for each check that is off.
tidy() {
  have_all clang-tidy-19 clang++-19 || return 0
  say "clang-tidy 19"
  cmake -S "$root" -B "$root/build/tidy" --log-level=WARNING -DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DCMAKE_C_COMPILER=clang-19 \
    -DCMAKE_CXX_COMPILER=clang++-19 -DDECONV_BUILD_BENCHMARKS=OFF "$(without AVX3 AVX2 SSE4 SSSE3)"
  (cd "$root" && git ls-files 'lib/*.cpp' 'integrations/onnxruntime/*.cpp' | grep -v _kernels |
    xargs -n 4 -P "$jobs" clang-tidy-19 -p build/tidy --quiet --warnings-as-errors='*')
}
