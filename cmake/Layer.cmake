# jim_layer(NAME [FOLDERS sub...] [SOURCES extra...] [EXCLUDE file...]
#           [LAYERS layer...] [LIBRARIES public...] [PRIVATE private...])
# The target jim_NAME from the current folder's .cpp files and those of FOLDERS below it. LAYERS are
# the layers it may include, which is the architecture's picture. A folder without sources is
# an INTERFACE library.
function(jim_layer name)
  cmake_parse_arguments(arg "" "" "FOLDERS;SOURCES;EXCLUDE;LAYERS;LIBRARIES;PRIVATE" ${ARGN})
  set(patterns "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  foreach(folder IN LISTS arg_FOLDERS)
    list(APPEND patterns "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp")
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  list(TRANSFORM arg_EXCLUDE PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  list(REMOVE_ITEM sources "" ${arg_EXCLUDE})
  list(APPEND sources ${arg_SOURCES})
  list(TRANSFORM arg_LAYERS PREPEND jim_)

  if(sources)
    add_library(jim_${name} STATIC ${sources})
    target_link_libraries(jim_${name}
      PUBLIC jim_flags ${arg_LAYERS} ${arg_LIBRARIES} PRIVATE ${arg_PRIVATE})
  else()
    add_library(jim_${name} INTERFACE)
    target_link_libraries(jim_${name}
      INTERFACE jim_flags ${arg_LAYERS} ${arg_LIBRARIES} ${arg_PRIVATE})
  endif()
endfunction()
