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

  # What this layer may include: itself, its layers, and what they may.
  set(allowed ${name})
  foreach(layer IN LISTS arg_LAYERS)
    string(REPLACE jim_ "" layer "${layer}")
    get_property(theirs GLOBAL PROPERTY JIM_MAY_INCLUDE_${layer})
    list(APPEND allowed ${theirs})
  endforeach()
  list(REMOVE_DUPLICATES allowed)
  set_property(GLOBAL PROPERTY JIM_MAY_INCLUDE_${name} ${allowed})
  set_property(GLOBAL APPEND PROPERTY JIM_LAYERS ${name})
endfunction()

# jim_test_layers(): a test that every include follows the arrows. The include path is the root, so the
# compiler would not mind one that does not.
function(jim_test_layers)
  get_property(layers GLOBAL PROPERTY JIM_LAYERS)
  set(text "")
  foreach(layer IN LISTS layers)
    get_property(allowed GLOBAL PROPERTY JIM_MAY_INCLUDE_${layer})
    string(APPEND text "set(may_include_${layer} ${allowed})\n")
  endforeach()
  file(CONFIGURE OUTPUT layers.cmake CONTENT "set(layers ${layers})\n${text}" @ONLY)
  add_test(NAME architecture.layers
    COMMAND ${CMAKE_COMMAND} -DARROWS=${CMAKE_CURRENT_BINARY_DIR}/layers.cmake
            -DROOT=${CMAKE_SOURCE_DIR} -P ${CMAKE_SOURCE_DIR}/cmake/CheckLayers.cmake)
endfunction()
