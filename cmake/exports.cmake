# SPDX-License-Identifier: Apache-2.0
# deconv_exports(<target>): what the shared library shows (deconv_* only), its soname and where it finds its libraries.
include(CheckLinkerFlag)

function(deconv_exports target)
  # Before 1.0 a minor release may change the ABI: the soname is libdeconv.so.<major>.<minor>, from 1.0 on libdeconv.so.<major>.
  set(soversion ${PROJECT_VERSION_MAJOR})
  if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(soversion ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  endif()
  set_target_properties(${target} PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${soversion}
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)

  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "SHARED_LIBRARY")
    return()
  endif()
  target_compile_definitions(${target} PRIVATE DECONV_BUILDING_SHARED INTERFACE DECONV_SHARED)
  set(map ${PROJECT_SOURCE_DIR}/cmake/deconv.map)
  check_linker_flag(CXX -Wl,--version-script=${map} DECONV_LINKER_HAS_VERSION_SCRIPT)
  if(DECONV_LINKER_HAS_VERSION_SCRIPT)
    target_link_options(${target} PRIVATE -Wl,--version-script=${map} -Wl,--exclude-libs,ALL)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${map})
  elseif(APPLE)
    target_link_options(${target} PRIVATE "-Wl,-exported_symbol,_deconv_*")
  endif()
endfunction()

# deconv_install_rpath(<target> <dependency>): the installed library finds a dependency that lies outside the system's folders.
# CMake's own INSTALL_RPATH_USE_LINK_PATH skips folders inside the source tree, where cmake/setup.sh puts oneDNN (.deps/).
function(deconv_install_rpath target dependency)
  get_target_property(imported ${dependency} IMPORTED)
  if(NOT imported OR NOT UNIX)
    return()
  endif()
  get_target_property(file ${dependency} LOCATION)
  get_filename_component(folder ${file} DIRECTORY)
  get_filename_component(folder ${folder} ABSOLUTE)
  if(NOT folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES AND NOT folder MATCHES "^/(usr/)?lib")
    set_property(TARGET ${target} APPEND PROPERTY INSTALL_RPATH ${folder})
  endif()
endfunction()
