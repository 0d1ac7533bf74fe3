#include "cli/app.h"

int main(int argc, char** argv) { return jim::run(argc, argv); }
