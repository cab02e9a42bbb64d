include(fuzz.cmake)
pkg_check_modules(BROTLIENC REQUIRED IMPORTED_TARGET GLOBAL libbrotlienc)

sioscope_tests(test_core_inflate SOURCES core/inflate/content_decoder_test.cpp
               LINK core_inflate PkgConfig::ZLIB PkgConfig::BROTLIENC)
sioscope_fuzz(content_decoder_fuzz SOURCE core/inflate/content_decoder_fuzz.cpp CORPUS core/inflate/corpus
              LINK core_inflate)
