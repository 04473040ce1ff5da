# SPDX-License-Identifier: Apache-2.0
# Provides deconv::deconv from DECONV_PREBUILT_LIBRARY, a shared library that another build of these sources made, instead of compiling
# it: tests of what stands on top of the library need not wait for it twice.
if(NOT EXISTS "${DECONV_PREBUILT_LIBRARY}")
  message(FATAL_ERROR "DECONV_PREBUILT_LIBRARY = ${DECONV_PREBUILT_LIBRARY} does not exist")
endif()
add_library(deconv SHARED IMPORTED GLOBAL)
set_target_properties(deconv PROPERTIES
  IMPORTED_LOCATION "${DECONV_PREBUILT_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${PROJECT_SOURCE_DIR}/include"
  INTERFACE_COMPILE_DEFINITIONS DECONV_SHARED)
add_library(deconv::deconv ALIAS deconv)
