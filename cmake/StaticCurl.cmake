# libcurl, HTTP only, from a source tree on disk. Distributions' libcurl.a drags in Kerberos, LDAP
# and RTMP, parts of which exist only as shared libraries, so it cannot be linked statically.
set(JIM_CURL_SOURCE "${CMAKE_BINARY_DIR}/curl-source" CACHE PATH "libcurl's source tree")
if(NOT EXISTS "${JIM_CURL_SOURCE}/CMakeLists.txt")
  message(FATAL_ERROR "the static build needs libcurl's sources; fetch the distribution's with\n"
    "  ${CMAKE_SOURCE_DIR}/cmake/debian-source.sh curl ${JIM_CURL_SOURCE}\n"
    "or name another source tree with -D JIM_CURL_SOURCE=DIR")
endif()

# curl finds these two itself unless it is told where they are.
foreach(library nghttp2 z)
  find_library(JIM_${library}_ARCHIVE ${library} REQUIRED)
  jim_lean_archive("${JIM_${library}_ARCHIVE}" JIM_${library}_LEAN)
endforeach()
set(NGHTTP2_LIBRARY "${JIM_nghttp2_LEAN}" CACHE FILEPATH "" FORCE)
set(ZLIB_LIBRARY_RELEASE "${JIM_z_LEAN}" CACHE FILEPATH "" FORCE)

# A function keeps the options from leaking into our own targets.
function(jim_add_curl)
  set(BUILD_SHARED_LIBS OFF)
  set(BUILD_STATIC_LIBS ON)
  set(BUILD_CURL_EXE OFF)
  set(BUILD_LIBCURL_DOCS OFF)
  set(BUILD_MISC_DOCS OFF)
  set(ENABLE_CURL_MANUAL OFF)
  set(CURL_DISABLE_TESTS ON)
  set(BUILD_TESTING OFF)
  set(CURL_DISABLE_INSTALL ON)
  set(HTTP_ONLY ON)
  set(CURL_DISABLE_NTLM ON)
  set(CURL_USE_OPENSSL ON)
  set(CURL_DISABLE_OPENSSL_AUTO_LOAD_CONFIG ON)
  set(USE_NGHTTP2 ON)
  set(CURL_ZLIB ON)
  set(CURL_USE_LIBPSL OFF)
  set(CURL_USE_LIBSSH2 OFF)
  set(USE_LIBIDN2 OFF)
  # What a client of APIs has no use for.
  foreach(part ALTSVC COOKIES DOH GETOPTIONS HSTS LIBCURL_OPTION NETRC PROGRESS_METER SHUFFLE_DNS)
    set(CURL_DISABLE_${part} ON)
  endforeach()
  # Cache entries: curl sets these in the cache itself and would drop a plain variable.
  set(CURL_BROTLI OFF CACHE STRING "" FORCE)
  set(CURL_ZSTD OFF CACHE STRING "" FORCE)
  set(CURL_CA_BUNDLE none CACHE STRING "" FORCE)  # jim finds the host's CA store itself
  set(CURL_CA_PATH none CACHE STRING "" FORCE)
  set(CMAKE_C_FLAGS "${CMAKE_C_FLAGS} -w -fPIE -ffunction-sections -fdata-sections")
  # Nothing is thrown through C code.
  string(APPEND CMAKE_C_FLAGS " -fno-asynchronous-unwind-tables -fno-unwind-tables")
  set(CMAKE_EXPORT_COMPILE_COMMANDS OFF)
  add_subdirectory("${JIM_CURL_SOURCE}" "${CMAKE_BINARY_DIR}/curl" EXCLUDE_FROM_ALL)
endfunction()
jim_add_curl()
