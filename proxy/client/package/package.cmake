# `cmake --install BUILD --component client`: the client as a package of its own.
#
#   find_package(sioscope REQUIRED)
#   target_link_libraries(app PRIVATE sioscope::driver)     on libuv and OpenSSL; or
#   target_link_libraries(app PRIVATE sioscope::client)     the machine alone, for sockets of your own
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
find_package(wslay REQUIRED)  # Imported targets are seen where they were found.
find_package(OpenSSL REQUIRED)
pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET libuv)

# One archive each, so that whoever links them need not know what we are made of.
add_library(sioscope_client STATIC
  $<TARGET_OBJECTS:core_client> $<TARGET_OBJECTS:core_engineio> $<TARGET_OBJECTS:core_socketio>
  $<TARGET_OBJECTS:core_msgpack> $<TARGET_OBJECTS:core_json> $<TARGET_OBJECTS:llhttp>)
target_link_libraries(sioscope_client PUBLIC tl::expected wslay)
add_library(sioscope_driver STATIC $<TARGET_OBJECTS:proxy_client>)
target_link_libraries(sioscope_driver PUBLIC sioscope_client PkgConfig::LIBUV OpenSSL::SSL OpenSSL::Crypto)
foreach(part client driver)
  set_target_properties(sioscope_${part} PROPERTIES EXPORT_NAME ${part} LINKER_LANGUAGE CXX)
  target_compile_features(sioscope_${part} PUBLIC cxx_std_20)
  target_include_directories(sioscope_${part} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
                                                        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/sioscope>)
endforeach()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/sioscope)
install(TARGETS sioscope_client sioscope_driver EXPORT sioscope ARCHIVE COMPONENT client)
install(EXPORT sioscope NAMESPACE sioscope:: DESTINATION ${package} FILE sioscope-targets.cmake COMPONENT client)
install(FILES proxy/client/package/client.hpp proxy/client/package/driver.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sioscope COMPONENT client)
foreach(folder core/client core/engineio core/socketio core/json proxy/client)
  install(DIRECTORY ${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sioscope/${folder} COMPONENT client
          FILES_MATCHING PATTERN "*.hpp" PATTERN package EXCLUDE PATTERN example EXCLUDE)
endforeach()
install(FILES core/instant.hpp core/limits.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sioscope/core COMPONENT client)
install(FILES proxy/net/uv.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sioscope/proxy/net COMPONENT client)
install(FILES proxy/observe/clock.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sioscope/proxy/observe
        COMPONENT client)

configure_file(proxy/client/package/sioscope-config.cmake ${CMAKE_BINARY_DIR}/sioscope-config.cmake COPYONLY)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/sioscope-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/sioscope-config.cmake ${CMAKE_BINARY_DIR}/sioscope-config-version.cmake
        DESTINATION ${package} COMPONENT client)
