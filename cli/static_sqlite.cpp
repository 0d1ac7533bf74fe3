// Compiled into the static executable only. Debian's libsqlite3.a registers its search and geometry
// extensions with every connection, by these functions, which brings 300 kB into the binary that
// nothing here asks for. The linker takes these instead and leaves the archive's members out.
struct sqlite3;

extern "C" {
int sqlite3Fts3Init(sqlite3* /*database*/) { return 0; }
int sqlite3Fts5Init(sqlite3* /*database*/) { return 0; }
int sqlite3RtreeInit(sqlite3* /*database*/) { return 0; }
}
