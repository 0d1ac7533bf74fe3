#include "core/config/load.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "core/base/text.h"
#include "core/config/parse.h"
#include "core/config/yaml.h"

namespace jim {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 256;

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

YamlNode empty_map() {
  YamlNode node;
  node.kind = YamlNode::Kind::map;
  return node;
}

/// Puts `over` onto `base`, map by map; any other value of `over` takes the place of the one in
/// `base`.
void merge(YamlNode& base, YamlNode over) {
  if (base.kind != YamlNode::Kind::map || over.kind != YamlNode::Kind::map) {
    base = std::move(over);
    return;
  }
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < base.entries.size(); ++i) known[base.entries[i].key] = i;
  for (YamlNode::Entry& entry : over.entries) {
    if (const auto same = known.find(entry.key); same != known.end()) {
      merge(base.entries[same->second].value, std::move(entry.value));
    } else {
      base.entries.push_back(std::move(entry));
    }
  }
}

/// Reads files and what they include.
class Reader {
 public:
  Reader(const Files& files, Diagnostics& diagnostics) : files_(files), diagnostics_(diagnostics) {}

  /// Merges the file and its includes over `all`; what a file includes lies below the file itself.
  void read(const std::string& path, YamlNode& all, const SourceLocation& from) {
    const std::string name = fs::path(path).lexically_normal().string();
    if (std::find(open_.begin(), open_.end(), name) != open_.end()) {
      std::vector<std::string> circle(std::find(open_.begin(), open_.end(), name), open_.end());
      circle.push_back(name);
      return fail("these files include each other: " + join(circle, " -> "),
                  "take one 'include' away", from);
    }
    if (read_.size() >= kMostFiles)
      return fail("more than " + std::to_string(kMostFiles) + " files are included", "", from);
    YamlNode root;
    if (!read_root(name, root, from)) return;
    open_.push_back(name);
    include(name, root);
    open_.pop_back();
    merge(all, std::move(root));
  }

  /// Every file could be read to its end, so that what is missing now is missing in the files.
  bool is_whole() const { return whole_; }
  const std::vector<std::string>& read_files() const { return read_; }

 private:
  bool read_root(const std::string& name, YamlNode& root, const SourceLocation& from) {
    const auto text = files_.read(name);
    if (!text) {
      fail(text.error().message,
           from.line == 0 ? "name another file with -f, or write one with 'jim init'"
                          : "paths here start at the folder of the file that includes",
           from);
      return false;
    }
    if (trim(*text).empty()) {
      fail("the file is empty", "'jim init' writes a file to start from",
           {.file = name, .line = 1, .column = 1});
      whole_ = false;
      return false;
    }
    read_.push_back(name);
    // A key that is there twice, for one, does not keep the rest of the file from being checked.
    if (!read_yaml(*text, name, root, diagnostics_) && root.where.line == 0) {
      whole_ = false;
      return false;
    }
    if (root.kind == YamlNode::Kind::map) return true;
    fail("expected a map with 'project', 'providers' and 'resources'",
         "'jim init' writes a file to start from", root.where);
    return false;
  }

  /// Puts what the file includes below it.
  void include(const std::string& name, YamlNode& root) {
    const YamlNode* include = root.find("include");
    if (include == nullptr) return;
    YamlNode below = empty_map();
    for (const auto& [pattern, where] : patterns(*include)) {
      for (const std::string& other : expand_glob(folder_of(name), pattern, where)) {
        YamlNode one = empty_map();
        read(other, one, where);
        refuse_twice(below, one);
        merge(below, std::move(one));
      }
    }
    std::erase_if(root.entries, [](const YamlNode::Entry& one) { return one.key == "include"; });
    below.where = root.where;
    merge(below, std::move(root));
    root = std::move(below);
  }

  /// Two included files that name one resource would give a mixture that stands in neither.
  void refuse_twice(const YamlNode& below, const YamlNode& one) {
    const YamlNode* before = below.find("resources");
    const YamlNode* now = one.find("resources");
    if (before == nullptr || now == nullptr) return;
    std::map<std::string_view, const SourceLocation*> places;
    for (const YamlNode::Entry& entry : before->entries) places[entry.key] = &entry.where;
    for (const YamlNode::Entry& entry : now->entries) {
      const auto first = places.find(entry.key);
      // The same file may be included by several.
      if (first == places.end() || *first->second == entry.where) continue;
      diagnostics_.push_back(
          {.code = ErrorCode::invalid_config,
           .message = "two included files have a resource '" + escape_control(entry.key) +
                      "'; the first is at " + first->second->file + ":" +
                      std::to_string(first->second->line),
           .hint = "rename one; a file named later by -f changes resources of earlier ones",
           .where = entry.where});
    }
  }

  void fail(const std::string& message, const std::string& hint, const SourceLocation& where) {
    diagnostics_.push_back(
        {.code = ErrorCode::invalid_config, .message = message, .hint = hint, .where = where});
    whole_ = false;
  }

  std::vector<std::pair<std::string, SourceLocation>> patterns(const YamlNode& include) {
    std::vector<std::pair<std::string, SourceLocation>> found;
    std::vector<const YamlNode*> nodes;
    if (include.kind == YamlNode::Kind::list) {
      for (const YamlNode& item : include.items) nodes.push_back(&item);
    } else {
      nodes.push_back(&include);
    }
    for (const YamlNode* node : nodes) {
      if (node->kind == YamlNode::Kind::scalar && node->scalar.is_string()) {
        found.emplace_back(node->text, node->where);
      } else {
        fail("'include' takes a path or a list of paths", "include: [network.yaml, racks/*.yaml]",
             node->where);
      }
    }
    return found;
  }

  /// `*` stands for anything within the last part of the path.
  std::vector<std::string> expand_glob(const std::string& folder, const std::string& pattern,
                                       const SourceLocation& where) {
    const std::string path = (fs::path(folder) / pattern).lexically_normal().string();
    const std::size_t star = pattern.find('*');
    if (star == std::string::npos) return {path};
    const std::string last = fs::path(path).filename().string();
    const std::vector<std::string> parts = split(last, "*");
    if (parts.size() != 2 || folder_of(pattern).find('*') != std::string::npos) {
      fail("'" + pattern + "': one '*' may stand in the last part of a path", "", where);
      return {};
    }
    const auto names = files_.list(folder_of(path));
    std::vector<std::string> found;
    if (names)
      for (const std::string& name : *names)
        if (name.size() >= parts[0].size() + parts[1].size() && name.starts_with(parts[0]) &&
            name.ends_with(parts[1]))
          found.push_back((fs::path(folder_of(path)) / name).string());
    if (found.empty())
      fail("no file matches '" + pattern + "'", "take it away, or check the folder's name", where);
    return found;
  }

  const Files& files_;
  Diagnostics& diagnostics_;
  std::vector<std::string> open_ = {};
  std::vector<std::string> read_ = {};
  bool whole_ = true;
};

}  // namespace

Result<std::string> find_config(const Files& files, const std::string& folder) {
  const fs::path start = fs::path(folder.empty() ? "." : folder);
  std::error_code error;
  fs::path here = fs::absolute(start, error).lexically_normal();
  if (!here.has_filename()) here = here.parent_path();
  std::string up;
  for (;; up += "../") {
    const std::string found =
        (up.empty() && folder.empty() ? "jim.yaml"
                                      : (start / up / "jim.yaml").lexically_normal().string());
    if (files.exists(found)) return found;
    if (files.exists((here / ".git").string()) || here == here.parent_path())
      return Diagnostic{.code = ErrorCode::invalid_config,
                        .message = "no jim.yaml in this folder or above it",
                        .hint = "'jim init' writes one to start from; -f FILE names another"};
    here = here.parent_path();
  }
}

std::optional<Config> load_config(const Files& files, const std::vector<std::string>& paths,
                                  Diagnostics& diagnostics) {
  YamlNode all = empty_map();
  Reader reader(files, diagnostics);
  for (const std::string& path : paths) reader.read(path, all, {});
  if (!reader.is_whole()) return std::nullopt;
  if (!paths.empty()) all.where = {.file = paths.front(), .line = 1, .column = 1};
  Config config = parse_config(all, diagnostics);
  if (!paths.empty()) config.root = folder_of(paths.front());
  config.files = reader.read_files();
  return config;
}

}  // namespace jim
