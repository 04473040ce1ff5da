# SPDX-License-Identifier: Apache-2.0
# The version has one source, include/deconv/deconv.h: sets DECONV_VERSION ("0.1.0").
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../include/deconv/deconv.h _deconv_lines REGEX "^#define DECONV_VERSION_(MAJOR|MINOR|PATCH) [0-9]+$")
set(DECONV_VERSION "")
foreach(_deconv_part MAJOR MINOR PATCH)
  if(NOT "${_deconv_lines}" MATCHES "DECONV_VERSION_${_deconv_part} ([0-9]+)")
    message(FATAL_ERROR "deconv.h does not define DECONV_VERSION_${_deconv_part}")
  endif()
  list(APPEND DECONV_VERSION ${CMAKE_MATCH_1})
endforeach()
list(JOIN DECONV_VERSION "." DECONV_VERSION)
# Editing the header must re-run the configuration.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/../include/deconv/deconv.h)
