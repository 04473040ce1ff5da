# SPDX-License-Identifier: Apache-2.0
# deconv_inline_struct_fills(<target>...): structs of up to 512 bytes are zeroed and copied by moves of 16 bytes. g++'s default for x86-64,
# `rep stosq`, takes some 50 ns to begin on Emerald Rapids (13 % of 24->24 320x240 k2 s2, whose finishing fills a struct for each row of
# outputs), and every run of a small layer fills several. clang has no such default.
include(CheckCXXCompilerFlag)

function(deconv_inline_struct_fills)
  set(strategy vector_loop:512:noalign,libcall:-1:noalign)
  check_cxx_compiler_flag("-mmemset-strategy=${strategy} -mmemcpy-strategy=${strategy}" DECONV_COMPILER_HAS_FILL_STRATEGIES)
  if(NOT DECONV_COMPILER_HAS_FILL_STRATEGIES)
    return()
  endif()
  foreach(target IN LISTS ARGN)
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:-mmemset-strategy=${strategy};-mmemcpy-strategy=${strategy}>")
  endforeach()
endfunction()
