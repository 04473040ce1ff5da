# SPDX-License-Identifier: Apache-2.0
# deconv_harden(<target>...): what an attacker finds missing who has found a fault nevertheless. DECONV_HARDEN=OFF leaves it out.
#   compile   calls of libc that know their buffer's size check it (optimised builds: _FORTIFY_SOURCE does nothing without); functions with
#             arrays on the stack have a canary there, but for kernels: their arrays are vectors in registers, and each call would pay
#   link      addresses of other libraries' functions are resolved at load and read-only afterwards; no stack is executable
# Sanitizers see more, and would see less with _FORTIFY_SOURCE.
include(CheckCXXCompilerFlag)
include(CheckLinkerFlag)
option(DECONV_HARDEN "Build with _FORTIFY_SOURCE, stack canaries and read-only relocations" ON)

function(deconv_harden)
  if(NOT DECONV_HARDEN OR DECONV_SANITIZE OR MSVC)
    return()
  endif()
  check_cxx_compiler_flag(-fstack-protector-strong DECONV_COMPILER_HAS_STACK_PROTECTOR)
  check_linker_flag(CXX -Wl,-z,relro,-z,now,-z,noexecstack DECONV_LINKER_HAS_RELRO)
  foreach(target IN LISTS ARGN)
    # -U first: distributions define it on the command line, to another value.
    target_compile_options(${target} PRIVATE "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
    if(DECONV_COMPILER_HAS_STACK_PROTECTOR)
      target_compile_options(${target} PRIVATE -fstack-protector-strong)
      get_target_property(kernels ${target} SOURCES)
      list(FILTER kernels INCLUDE REGEX "_kernels\\.cpp$")
      set_source_files_properties(${kernels} PROPERTIES COMPILE_OPTIONS -fno-stack-protector)
    endif()
    get_target_property(type ${target} TYPE)
    if(DECONV_LINKER_HAS_RELRO AND type MATCHES "SHARED_LIBRARY|MODULE_LIBRARY")
      target_link_options(${target} PRIVATE -Wl,-z,relro,-z,now,-z,noexecstack)
    endif()
  endforeach()
endfunction()
