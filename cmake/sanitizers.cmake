# SPDX-License-Identifier: Apache-2.0
# DECONV_SANITIZE=address,undefined (or thread): instruments everything that is built here, tests included.
# Findings end the program, so that a test with one cannot pass.
if(DECONV_SANITIZE)
  if(DECONV_SANITIZE MATCHES "thread" AND DECONV_ENABLE_OPENMP AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # libgomp is not instrumented: its barriers are invisible to TSan, which then reports every parallel loop as a race. Clang's runtime has
    # a tool that tells TSan of them: OMP_TOOL_LIBRARIES=libarcher.so (tests/run --full).
    message(FATAL_ERROR "DECONV_SANITIZE=thread needs DECONV_ENABLE_OPENMP=OFF or clang (libgomp is not instrumented)")
  endif()
  add_compile_options(-fsanitize=${DECONV_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)  # lines, no variables
  add_link_options(-fsanitize=${DECONV_SANITIZE})
endif()

# deconv_fuzz_speed(<target>): builds for fuzzing leave UBSan out of the kernels, where clang takes minutes for each file (other builds with
# sanitizers have it there), and tell the fuzzer of comparisons in core alone, where the numbers and words of a call are judged: each turn of
# a backend's loops would be told, too, a quarter of the time.
function(deconv_fuzz_speed target)
  if(DECONV_SANITIZE MATCHES "fuzzer")
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
      set(options)
      if(source MATCHES "(highway|naive)/")
        list(APPEND options -fno-sanitize-coverage=trace-cmp)
      endif()
      if(source MATCHES "_kernels\\.cpp$")
        list(APPEND options -fno-sanitize=undefined)
      endif()
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${options}")
    endforeach()
  endif()
endfunction()
