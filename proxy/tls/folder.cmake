find_package(OpenSSL REQUIRED)

add_library(proxy_tls STATIC tls/by_name.cpp tls/connection.cpp tls/context.cpp tls/credentials.cpp tls/key_log.cpp
                             tls/reason.cpp tls/towards_clients.cpp tls/towards_upstream.cpp)
target_include_directories(proxy_tls PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_tls PUBLIC OpenSSL::SSL OpenSSL::Crypto tl::expected PRIVATE sioscope_flags)
