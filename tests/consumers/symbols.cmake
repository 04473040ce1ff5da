# SPDX-License-Identifier: Apache-2.0
# cmake -DNM=... -DLIBRARY=... -DSHOWN=^deconv_ -DLEAST=20 -DHIGHWAY_OUTSIDE=... -P symbols.cmake: the shared library shows nothing but SHOWN, at
# least LEAST of them, and does not reference what a library must not use.
# Allowed and looked at: fprintf and stderr (DECONV_VERBOSE), snprintf and vsnprintf (reasons in words), getenv (DECONV_*).
execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY} OUTPUT_VARIABLE defined COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${NM} -D --undefined-only ${LIBRARY} OUTPUT_VARIABLE undefined COMMAND_ERROR_IS_FATAL ANY)

string(REGEX MATCHALL "[^ \n]+\n" names "${defined}")
set(found 0)
foreach(name IN LISTS names)
  string(STRIP "${name}" name)
  if(name MATCHES "${SHOWN}")
    math(EXPR found "${found} + 1")
  else()
    message(SEND_ERROR "exported, but not ${SHOWN}: ${name}")
  endif()
endforeach()
if(found LESS LEAST)
  message(SEND_ERROR "only ${found} symbols of ${SHOWN} are exported, not ${LEAST} or more")
endif()

# Ending the process, or printing to the program's standard output. A fetched Highway is inside the library and may do both.
set(forbidden abort _Exit _exit exit quick_exit __assert_fail printf __printf_chk vprintf puts putchar putc fputs stdout
              _ZSt4cout _ZSt4cerr _ZSt4clog)
if(NOT HIGHWAY_OUTSIDE)
  set(forbidden "")
endif()
foreach(name IN LISTS forbidden)
  if(undefined MATCHES " U ${name}(@[^\n]*)?\n")
    message(SEND_ERROR "the library references ${name}")
  endif()
endforeach()
message(STATUS "${found} exported symbols, all ${SHOWN}")
