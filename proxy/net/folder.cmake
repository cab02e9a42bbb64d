find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(spdlog REQUIRED)
pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET libuv)

add_library(proxy_net STATIC net/address.cpp net/alarm.cpp net/bad_gateway.cpp net/balance.cpp net/descriptor.cpp net/forwarder.cpp
                             net/handshakes.cpp net/listener.cpp net/loop.cpp net/poller.cpp net/stream.cpp net/tunnel.cpp
                             net/tunnel_client.cpp net/tunnel_tls.cpp net/upstream.cpp)
target_include_directories(proxy_net PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_net PUBLIC core_tap proxy_observe proxy_tls PkgConfig::LIBUV spdlog::spdlog tl::expected Threads::Threads
                                PRIVATE sioscope_flags)
