# The metadata of LUKS2 is JSON.
target_link_libraries(disktwin_fs_luks PRIVATE nlohmann_json::nlohmann_json)
