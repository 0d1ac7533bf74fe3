# Where third-party code comes from: the distribution's packages.
#   JIM_STATIC off: shared libraries, as find_package gives them.
#   JIM_STATIC on:  the same packages' archives; libcurl alone is built from source (StaticCurl.cmake).
if(JIM_STATIC)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(ZLIB_USE_STATIC_LIBS ON)
endif()

# jim_lean(TARGET): lets a C library's imported target name a copy of its archive without unwind
# tables. Nothing is thrown through C code, and the tables of all of them are half a megabyte.
function(jim_lean target)
  if(NOT JIM_STATIC)
    return()
  endif()
  get_target_property(archive ${target} IMPORTED_LOCATION)
  jim_lean_archive("${archive}" lean)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${lean}")
endfunction()

# jim_lean_archive(ARCHIVE OUT): the path of such a copy.
function(jim_lean_archive archive out)
  get_filename_component(name "${archive}" NAME)
  set(lean "${CMAKE_BINARY_DIR}/lean/${name}")
  if("${archive}" IS_NEWER_THAN "${lean}")
    file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/lean")
    execute_process(COMMAND ${CMAKE_OBJCOPY} --remove-section=.eh_frame "${archive}" "${lean}"
      COMMAND_ERROR_IS_FATAL ANY)
  endif()
  set(${out} "${lean}" PARENT_SCOPE)
endfunction()

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 3.34 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
foreach(target OpenSSL::Crypto OpenSSL::SSL SQLite::SQLite3)
  jim_lean(${target})
endforeach()

# An imported target for a library whose own CMake package is missing or names only the .so.
function(jim_import name header library)
  string(MAKE_C_IDENTIFIER "${name}" id)
  find_path(${id}_INCLUDE_DIR ${header} REQUIRED)
  add_library(${name} INTERFACE IMPORTED)
  target_include_directories(${name} INTERFACE "${${id}_INCLUDE_DIR}")
  if(library)
    find_library(${id}_LIBRARY ${library} REQUIRED)
    set(archive "${${id}_LIBRARY}")
    if(JIM_STATIC AND NOT library MATCHES "yaml")  # which is C++ and throws
      jim_lean_archive("${archive}" archive)
    endif()
    target_link_libraries(${name} INTERFACE "${archive}")
  endif()
endfunction()

jim_import(jim::rapidjson rapidjson/document.h "")
jim_import(jim::yaml yaml-cpp/yaml.h yaml-cpp)
jim_import(jim::event_core event2/event.h event_core)
jim_import(jim::event_extra event2/http.h event_extra)
jim_import(jim::event_openssl event2/bufferevent_ssl.h event_openssl)
add_library(jim_event INTERFACE)
target_link_libraries(jim_event INTERFACE jim::event_openssl jim::event_extra jim::event_core
  OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

if(JIM_STATIC)
  include(StaticCurl)
else()
  find_package(CURL 7.85 REQUIRED)
endif()
