# SPDX-License-Identifier: Apache-2.0
# Provides hwy::hwy: Highway's own CMake package where there is one, else pkg-config or a plain search (older Debian and Homebrew
# packages have no CMake package). Installed beside deconvConfig.cmake, because a static deconv needs it there too.
find_package(hwy CONFIG QUIET)
if(TARGET hwy::hwy)
  set(Highway_VERSION ${hwy_VERSION})
  get_target_property(Highway_INCLUDE_DIR hwy::hwy INTERFACE_INCLUDE_DIRECTORIES)
  set(Highway_LIBRARY hwy::hwy)
else()
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(PC_Highway QUIET libhwy)
  endif()
  set(Highway_VERSION ${PC_Highway_VERSION})
  find_path(Highway_INCLUDE_DIR hwy/highway.h HINTS ${PC_Highway_INCLUDE_DIRS})
  find_library(Highway_LIBRARY hwy HINTS ${PC_Highway_LIBRARY_DIRS})
  mark_as_advanced(Highway_INCLUDE_DIR Highway_LIBRARY)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Highway REQUIRED_VARS Highway_LIBRARY Highway_INCLUDE_DIR VERSION_VAR Highway_VERSION)

if(Highway_FOUND AND NOT TARGET hwy::hwy)
  add_library(hwy::hwy UNKNOWN IMPORTED)
  set_target_properties(hwy::hwy PROPERTIES
    IMPORTED_LOCATION ${Highway_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${Highway_INCLUDE_DIR}
    INTERFACE_COMPILE_DEFINITIONS "$<$<BOOL:${PC_Highway_CFLAGS_OTHER}>:HWY_SHARED_DEFINE>")
endif()
