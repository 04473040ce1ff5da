# SPDX-License-Identifier: Apache-2.0
# cmake --install: headers, library, CMake package (deconv::deconv), pkg-config file and Python tools.
include(CMakePackageConfigHelpers)
set(_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/deconv)

install(TARGETS deconv EXPORT deconv_targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/deconv DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(EXPORT deconv_targets NAMESPACE deconv:: FILE deconvTargets.cmake DESTINATION ${_package_dir})

# A static library leaves its private dependencies to whoever links it; a shared one has them inside.
get_target_property(_type deconv TYPE)
set(DECONV_STATIC_DEPENDENCIES "")
set(DECONV_PC_LIBS_PRIVATE "")
if(_type STREQUAL "STATIC_LIBRARY")
  set(DECONV_PC_LIBS_PRIVATE "-lstdc++ -lm")
  if(APPLE OR CMAKE_SYSTEM_NAME STREQUAL "FreeBSD")
    set(DECONV_PC_LIBS_PRIVATE "-lc++ -lm")
  endif()
  get_target_property(_highway_imported hwy::hwy IMPORTED)
  if(_highway_imported)
    string(APPEND DECONV_STATIC_DEPENDENCIES "list(APPEND CMAKE_MODULE_PATH \${CMAKE_CURRENT_LIST_DIR})\nfind_dependency(Highway)\n")
    install(FILES ${PROJECT_SOURCE_DIR}/cmake/FindHighway.cmake DESTINATION ${_package_dir})
    set(DECONV_PC_LIBS_PRIVATE "$<TARGET_LINKER_FILE:hwy::hwy> ${DECONV_PC_LIBS_PRIVATE}")
  endif()
  if(DECONV_ENABLE_ONEDNN)
    string(APPEND DECONV_STATIC_DEPENDENCIES "find_dependency(dnnl CONFIG HINTS \"${dnnl_DIR}\")\n")
    set(DECONV_PC_LIBS_PRIVATE "$<TARGET_LINKER_FILE:DNNL::dnnl> -Wl,-rpath,$<TARGET_FILE_DIR:DNNL::dnnl> ${DECONV_PC_LIBS_PRIVATE}")
  endif()
  if(DECONV_ENABLE_OPENMP)
    string(APPEND DECONV_STATIC_DEPENDENCIES "find_dependency(OpenMP COMPONENTS CXX)\n")
    string(APPEND DECONV_PC_LIBS_PRIVATE " ${OpenMP_CXX_FLAGS}")
  endif()
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/deconvConfig.cmake.in ${PROJECT_BINARY_DIR}/deconvConfig.cmake
  INSTALL_DESTINATION ${_package_dir})
# Before 1.0 a minor release may break: 0.1.x serves a request for 0.1 only.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/deconvConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/deconvConfig.cmake ${PROJECT_BINARY_DIR}/deconvConfigVersion.cmake DESTINATION ${_package_dir})

# The prefix follows the file, so that an installed tree can be moved.
file(RELATIVE_PATH DECONV_PC_PREFIX "/p/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/p")
configure_file(${PROJECT_SOURCE_DIR}/cmake/deconv.pc.in ${PROJECT_BINARY_DIR}/deconv.pc.configured @ONLY)
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/deconv.pc INPUT ${PROJECT_BINARY_DIR}/deconv.pc.configured)
install(FILES ${PROJECT_BINARY_DIR}/deconv.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
