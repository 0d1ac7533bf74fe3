// Compiled into the static executable only. Debian's libsqlite3.a registers its search and geometry
// extensions with every connection, by these functions, which brings 300 kB into the binary that
// nothing here asks for. The linker takes these instead and leaves the archive's members out.
struct sqlite3;

extern "C" {
int sqlite3Fts3Init(sqlite3* /*database*/) { return 0; }
int sqlite3Fts5Init(sqlite3* /*database*/) { return 0; }
int sqlite3RtreeInit(sqlite3* /*database*/) { return 0; }
}

// Nor does anything ask it for sines: its mathematical functions would bring 260 kB of tables, each
// in the forms for four kinds of processor.
#define JIM_ABSENT(name) \
  double name(double /*x*/) { return __builtin_nan(""); }
extern "C" {
JIM_ABSENT(acos)
JIM_ABSENT(acosh)
JIM_ABSENT(asin)
JIM_ABSENT(asinh)
JIM_ABSENT(atan)
JIM_ABSENT(atanh)
JIM_ABSENT(cos)
JIM_ABSENT(cosh)
JIM_ABSENT(sin)
JIM_ABSENT(sinh)
JIM_ABSENT(tan)
JIM_ABSENT(tanh)
double atan2(double /*y*/, double /*x*/) { return __builtin_nan(""); }
}
#undef JIM_ABSENT
