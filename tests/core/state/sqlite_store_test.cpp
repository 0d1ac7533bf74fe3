#include "core/state/sqlite_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "core/state/open_store.h"
#include "core/state/record_store.h"
#include "tests/core/state/test_folder.h"
#include "tests/fakes/fake_http.h"

namespace jim {
namespace {

constexpr Duration kTerm = std::chrono::seconds(60);

class SqliteStoreTest : public testing::Test {
 protected:
  static std::unique_ptr<StateStore> open(EventLoop& loop, const std::string& file) {
    return std::make_unique<RecordStore>(
        loop, std::make_unique<SqliteStore>(loop, file, ".jim/state.db"));
  }
  std::unique_ptr<StateStore> open() { return open(loop_, file_); }
  Result<LockHolder> lock(StateStore& store) {
    return loop_.run(store.acquire_lock({.who = "ann@north, process 7"}, kTerm));
  }
  Result<void> put(StateStore& store, std::int64_t number) {
    Record record{.address = {.name = "web", .key = number}, .id = "sv"};
    record.attributes.set("filler", std::string(2000, 'x'));
    return loop_.run(store.commit({{.record = record}}));
  }
  /// Makes a state with `count` records and closes it.
  void make(std::int64_t count = 1) {
    const auto store = open();
    ASSERT_TRUE(lock(*store));
    ASSERT_TRUE(loop_.run(store->create({.project = "chat", .lineage = "k3x9q2mz"})));
    for (std::int64_t i = 0; i < count; ++i) ASSERT_TRUE(put(*store, i));
    ASSERT_TRUE(loop_.run(store->release_lock()));
  }
  Diagnostic load_error() {
    const auto state = loop_.run(open()->load());
    return state ? Diagnostic{.message = "no error"} : state.error();
  }
  void sql(const char* text) const {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(file_.c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, text, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
  }
  static unsigned mode(const std::string& path) {
    struct stat file = {};
    return stat(path.c_str(), &file) == 0 ? file.st_mode & 0777u : 0;
  }

  TestFolder folder_ = {};
  std::string file_ = folder_.path(".jim/state.db");
  SystemClock clock_ = {};
  EventLoop loop_{clock_};
  FakeHttp http_ = {};
};

TEST_F(SqliteStoreTest, LoadingMakesNoFile) {
  EXPECT_TRUE(loop_.run(open()->load()));
  EXPECT_FALSE(std::filesystem::exists(folder_.path(".jim")));
}

TEST_F(SqliteStoreTest, FileAndFolderAreForTheirOwnerOnly) {
  make();
  EXPECT_EQ(mode(folder_.path(".jim")), 0700u);
  EXPECT_EQ(mode(file_), 0600u);
}

TEST_F(SqliteStoreTest, NothingIsLeftBesideTheStateButItsIgnoreFile) {
  make();
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path(".jim")))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{".gitignore", "state.db"}));
}

TEST_F(SqliteStoreTest, AHolderThatDiedOnThisMachineIsReplacedAtOnce) {
  const pid_t child = fork();
  if (child == 0) {
    SystemClock clock;
    EventLoop loop(clock);
    SqliteStore store(loop, file_, ".jim/state.db");
    const auto taken = loop.run(store.acquire_lock({.who = "child"}, kTerm));
    _exit(taken ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  const auto store = open();
  const auto taken = lock(*store);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->token, 2);
}

TEST_F(SqliteStoreTest, AHolderThatLivesIsNotReplaced) {
  const pid_t child = fork();
  if (child == 0) {
    SystemClock clock;
    EventLoop loop(clock);
    SqliteStore store(loop, file_, ".jim/state.db");
    const auto taken = loop.run(store.acquire_lock({.who = "child"}, kTerm));
    kill(getpid(), taken ? SIGSTOP : SIGKILL);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, WUNTRACED), child);
  ASSERT_TRUE(WIFSTOPPED(status));
  const auto store = open();
  EXPECT_EQ(lock(*store).error().code, ErrorCode::conflict);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  EXPECT_TRUE(lock(*store));
}

TEST_F(SqliteStoreTest, AHolderFromElsewhereKeepsItsTerm) {
  make();
  sql("insert into lock values (1, 9, 'bob@south', 'jim apply', 0, 99999999999999, 'elsewhere', 1,"
      " '1')");
  EXPECT_EQ(lock(*open()).error().code, ErrorCode::conflict);
  sql("update lock set machine = ''");
  EXPECT_EQ(lock(*open()).error().code, ErrorCode::conflict);
}

TEST_F(SqliteStoreTest, WhatWasCommittedOutlivesAKill) {
  const pid_t child = fork();
  if (child == 0) {
    SystemClock clock;
    EventLoop loop(clock);
    const auto store = open(loop, file_);
    const auto taken = loop.run(store->acquire_lock({.who = "child"}, kTerm));
    const auto made = loop.run(store->create({.project = "chat", .lineage = "k3x9q2mz"}));
    const auto saved =
        loop.run(store->commit({{.record = {.address = {.name = "web"}, .id = "sv"}}}));
    if (taken && made && saved) kill(getpid(), SIGKILL);
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto state = loop_.run(open()->load());
  ASSERT_TRUE(state) << state.error().message;
  ASSERT_EQ(state->records.size(), 1u);
  EXPECT_EQ(state->records[0].id, "sv");
}

TEST_F(SqliteStoreTest, WhatAKilledRunLeftBesideAStateThatWasMovedAwayIsNotTakenForTheNewOnes) {
  const pid_t child = fork();
  if (child == 0) {
    SystemClock clock;
    EventLoop loop(clock);
    const auto store = open(loop, file_);
    const auto taken = loop.run(store->acquire_lock({.who = "child"}, kTerm));
    const auto made = loop.run(store->create({.project = "chat", .lineage = "k3x9q2mz"}));
    if (taken && made) kill(getpid(), SIGKILL);
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_TRUE(std::filesystem::exists(file_ + "-wal"));
  std::filesystem::rename(file_, file_ + ".damaged");
  const auto store = open();
  ASSERT_TRUE(lock(*store));
  const auto state = loop_.run(store->load());
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->head, StateHead{});
  EXPECT_TRUE(std::filesystem::exists(file_ + "-wal.orphan"));
}

TEST_F(SqliteStoreTest, AnEmptyFileIsDamaged) {
  std::filesystem::create_directory(folder_.path(".jim"));
  std::ofstream(file_).flush();
  const Diagnostic error = load_error();
  EXPECT_EQ(error.code, ErrorCode::io);
  EXPECT_EQ(error.message, "the state .jim/state.db is damaged: the file is empty");
  EXPECT_EQ(error.hint,
            "move it away (mv .jim/state.db .jim/state.db.damaged), then 'jim state rebuild' makes "
            "it anew from the marks on the objects");
  EXPECT_EQ(lock(*open()).error().message, error.message);
}

TEST_F(SqliteStoreTest, AFileThatIsNoDatabaseIsDamaged) {
  std::filesystem::create_directory(folder_.path(".jim"));
  std::ofstream(file_) << std::string(5000, 'x');
  EXPECT_EQ(load_error().message, "the state .jim/state.db is damaged: it is no database");
}

TEST_F(SqliteStoreTest, ATruncatedFileIsDamaged) {
  make(50);
  std::filesystem::resize_file(file_, 20000);
  const Diagnostic error = load_error();
  EXPECT_EQ(error.code, ErrorCode::io);
  EXPECT_EQ(error.message,
            "the state .jim/state.db is damaged: parts of it are missing or overwritten");
}

TEST_F(SqliteStoreTest, AnEntryThatWasEditedIsDamaged) {
  make();
  sql("update entry set body = replace(body, '\"sv\"', '\"sx\"') where key = 'record/web[0]'");
  EXPECT_EQ(load_error().message,
            "the state .jim/state.db is damaged: the entry 'record/web[0]' is not as jim wrote it");
}

TEST_F(SqliteStoreTest, AStructureThatIsNotAsItWasMadeIsDamage) {
  make();
  sql("alter table entry rename column body to bodx");
  EXPECT_EQ(load_error().message,
            "the state .jim/state.db is damaged: its structure is not as jim made it: no such "
            "column: body");
}

TEST_F(SqliteStoreTest, AnEntryThatIsMissingIsDamage) {
  make(2);
  sql("delete from entry where key = 'record/web[1]'");
  EXPECT_EQ(load_error().message,
            "the state .jim/state.db is damaged: a record is missing, surplus, or older than it "
            "should be");
}

TEST_F(SqliteStoreTest, AnEntryAtAnotherKeyIsDamage) {
  make(2);
  sql("update entry set body = (select body from entry where key = 'record/web[0]') "
      "where key = 'record/web[1]'");
  EXPECT_EQ(load_error().message,
            "the state .jim/state.db is damaged: the entry 'record/web[1]' is not as jim wrote it");
}

TEST_F(SqliteStoreTest, AStateOfFormat1IsReadAsItIsAndRewrittenByTheFirstLock) {
  std::filesystem::create_directory(folder_.path(".jim"));
  sql("create table meta(name text primary key, value) without rowid;"
      "create table record(address text primary key, body text not null) without rowid;"
      "create table lock(one integer primary key check (one = 1), token integer not null,"
      " who text not null, command text not null, since integer not null,"
      " expires integer not null, machine text not null, pid integer not null,"
      " started text not null);"
      "insert into meta values ('project', 'chat'), ('lineage', 'k3x9q2mz'), ('token', 4),"
      " ('fingerprint_key', 'key'), ('serial', 12), ('outputs', '{\"url\":\"http://a\"}');"
      "insert into record values ('web[0]',"
      " '{\"address\":\"web[0]\",\"id\":\"sv_1\",\"schema\":1,\"type\":\"latitude.server\"}');"
      "pragma application_id = 0x6a696d31; pragma user_version = 1;");
  const auto check = [](const Result<State>& state) {
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_EQ(state->head.project, "chat");
    EXPECT_EQ(state->head.lineage, "k3x9q2mz");
    EXPECT_EQ(state->head.fingerprint_key, "key");
    EXPECT_EQ(state->head.serial, 12);
    ASSERT_EQ(state->records.size(), 1u);
    EXPECT_EQ(state->records[0].id, "sv_1");
    EXPECT_EQ(state->outputs.size(), 1u);
  };
  check(loop_.run(open()->load()));
  const auto store = open();
  const auto taken = lock(*store);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->token, 5);
  check(loop_.run(store->load()));
  ASSERT_TRUE(put(*store, 1));
  EXPECT_EQ(loop_.run(open()->load())->records.size(), 2u);
}

TEST_F(SqliteStoreTest, AStateOfANewerVersionIsRefused) {
  make();
  sql("pragma user_version = 3");
  const Diagnostic error = load_error();
  EXPECT_EQ(error.message,
            "the state .jim/state.db was written by a newer version of jim: its format is 3, and "
            "this version knows up to 2");
  EXPECT_EQ(error.hint, "use that version or a newer one");
}

TEST_F(SqliteStoreTest, ADatabaseOfAnotherProgramIsRefused) {
  make();
  sql("pragma application_id = 7");
  EXPECT_EQ(load_error().message, ".jim/state.db is a database of another program");
}

TEST_F(SqliteStoreTest, AStateInAFolderThatCannotBeWrittenIsReadAllTheSame) {
  make(3);
  // Root may write everywhere, so it becomes somebody else for a while.
  const bool is_root = geteuid() == 0;
  constexpr uid_t kNobody = 65534;
  if (is_root) {
    for (const char* name : {"", ".jim", ".jim/state.db"})
      ASSERT_EQ(chown(folder_.path(name).c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(setresuid(kNobody, kNobody, 0), 0);
  }
  chmod(folder_.path(".jim").c_str(), 0500);
  const auto state = loop_.run(open()->load());
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->records.size(), 3u);
  const auto locked = lock(*open());
  chmod(folder_.path(".jim").c_str(), 0700);
  if (is_root) {
    ASSERT_EQ(setresuid(0, 0, 0), 0);
  }
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().message, "cannot write the state .jim/state.db: permission denied");
}

TEST_F(SqliteStoreTest, AFolderThatCannotBeMadeIsNamed) {
  std::ofstream(folder_.path(".jim")) << "a file";
  const auto locked = lock(*open());
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().code, ErrorCode::io);
  EXPECT_EQ(locked.error().message, "cannot make the state .jim/state.db: Not a directory");
}

TEST_F(SqliteStoreTest, AFileThatOutgrowsItsLimitFailsTheCommitAndKeepsTheRest) {
  make(1);
  const auto store = open();
  ASSERT_TRUE(lock(*store));
  // Stands in for a full disk: the system refuses every write beyond the limit.
  rlimit old = {};
  getrlimit(RLIMIT_FSIZE, &old);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {.rlim_cur = 65536, .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  Result<void> failed;
  std::int64_t kept = 0;
  for (std::int64_t i = 1; i < 100 && failed; ++i) {
    failed = put(*store, i);
    if (failed) kept = i;
  }
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::io);
  const auto state = loop_.run(open()->load());
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->records.size(), static_cast<std::size_t>(kept) + 1);
}

TEST_F(SqliteStoreTest, AWholeGroupSharesItsOutcome) {
  make(0);
  const auto store = open();
  ASSERT_TRUE(lock(*store));
  sql("delete from lock");
  int refused = 0;
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t i) -> Task<void> {
    std::vector<RecordChange> changes(1);
    changes[0].record.address = {.name = "web", .key = static_cast<std::int64_t>(i)};
    const auto saved = co_await store->commit(std::move(changes));
    if (!saved && saved.error().code == ErrorCode::conflict) ++refused;
  };
  loop_.run(for_each_bounded(loop_, 20, 20, work));
  EXPECT_EQ(refused, 20);
  EXPECT_TRUE(loop_.run(open()->load())->records.empty());
}

TEST_F(SqliteStoreTest, AfterAFailedCommitNothingIsWrittenUntilItIsLoaded) {
  make(0);
  SqliteStore store(loop_, file_, ".jim/state.db");
  ASSERT_TRUE(loop_.run(store.acquire_lock({.who = "ann"}, kTerm)));
  sql("create trigger t before insert on entry when new.key = 'record/bad' "
      "begin select raise(abort, 'no'); end");
  const auto put = [&](const char* key) {
    Batch batch;
    batch.changes.push_back({.entry = {.key = key, .serial = 9, .body = "x"}});
    return loop_.run(store.commit(std::move(batch)));
  };
  EXPECT_FALSE(put("record/bad"));
  EXPECT_FALSE(put("record/good"));
  ASSERT_TRUE(loop_.run(store.load({"record/"})));
  EXPECT_FALSE(put("record/good"));
  ASSERT_TRUE(loop_.run(store.load({"head", "record/"})));
  EXPECT_TRUE(put("record/good"));
}

TEST_F(SqliteStoreTest, APathFromTheConfigsFolderIsOpened) {
  const auto store = open_store(loop_, http_, {.url = "deep/er/x.db", .root = folder_.path("")});
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->place(), "deep/er/x.db");
  EXPECT_TRUE(loop_.run((*store)->acquire_lock({.who = "ann"}, kTerm)));
  EXPECT_TRUE(std::filesystem::exists(folder_.path("deep/er/x.db")));
}

TEST_F(SqliteStoreTest, AKindOfPlaceThatIsNotKnownIsNamed) {
  for (const char* url : {"ftp://host/x", "consul://host/jim"}) {
    const auto store = open_store(loop_, http_, {.url = url});
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::invalid_config);
    EXPECT_EQ(store.error().message,
              "state cannot be kept in '" + std::string(url) + "': jim knows no such place");
    EXPECT_EQ(store.error().hint, "name a file, such as .jim/state.db");
  }
  EXPECT_FALSE(open_store(loop_, http_, {.url = ""}));
  EXPECT_FALSE(open_store(loop_, http_, {.url = "folder/"}));
}

}  // namespace
}  // namespace jim
