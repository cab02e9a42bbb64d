find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET libuv)

add_library(proxy_client STATIC client/links.cpp client/remote.cpp client/tls.cpp)
target_include_directories(proxy_client PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_client PUBLIC core_client PkgConfig::LIBUV OpenSSL::SSL OpenSSL::Crypto PRIVATE sioscope_flags)
