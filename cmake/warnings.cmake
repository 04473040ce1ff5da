# SPDX-License-Identifier: Apache-2.0
# deconv_warnings(<target>...): the strict set that g++ 12 and clang 19 share; errors with DECONV_WERROR.
# -Wconversion and -Wsign-conversion are left out: extents are int64_t, SIMD lane counts and std::vector size_t, so that each
# product of the two would need a cast that hides more than it shows. Overflow is checked at run time instead (lib/core).
function(deconv_warnings)
  set(flags -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wcast-align -Wundef -Wvla
            -Wformat=2 -Wunused -Wextra-semi -Wimplicit-fallthrough)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # -Wpsabi notes that vector arguments changed their ABI in GCC 4.6; every such function here is internal.
    list(APPEND flags -Wlogical-op -Wduplicated-cond -Wno-psabi)
  endif()
  if(DECONV_WERROR)
    list(APPEND flags -Werror)
  endif()
  foreach(target IN LISTS ARGN)
    if(MSVC)
      target_compile_options(${target} PRIVATE /W4 $<$<BOOL:${DECONV_WERROR}>:/WX>)
    else()
      target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${flags}>")
    endif()
  endforeach()
endfunction()
