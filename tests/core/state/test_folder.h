#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace jim {

/// A folder of its own for one test, gone afterwards.
class TestFolder {
 public:
  TestFolder() : TestFolder(std::filesystem::temp_directory_path().string()) {}
  explicit TestFolder(const std::string& above) {
    std::string name = above + "/jim-state-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::permissions(root_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(root_, ignored);
  }
  /// In memory where there is such a place: for tests that make thousands of files durable.
  static std::string quick() {
    return std::filesystem::exists("/dev/shm") ? "/dev/shm"
                                               : std::filesystem::temp_directory_path().string();
  }
  std::string path(const std::string& name) const { return root_ + "/" + name; }

 private:
  std::string root_;
};

}  // namespace jim
