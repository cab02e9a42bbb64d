pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET GLOBAL zlib)
pkg_check_modules(BROTLIDEC REQUIRED IMPORTED_TARGET GLOBAL libbrotlidec)

sioscope_core(inflate SOURCES brotli_stream.cpp content_decoder.cpp zlib_stream.cpp)
target_link_libraries(core_inflate PRIVATE PkgConfig::ZLIB PkgConfig::BROTLIDEC)
