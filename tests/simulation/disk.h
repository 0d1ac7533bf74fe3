#pragma once

#include <sys/types.h>

#include <string>

#include "tests/simulation/dice.h"

namespace jim {

/// The disk under SQLite: the real files, in a folder of memory, behind a layer that remembers what
/// was not synced yet. It is SQLite's default file system once it stands, for the whole process.
namespace disk {

/// Puts the layer in place; once.
void install();
/// The folder that schedules may use; made anew and empty.
std::string fresh_folder();
/// Removes the folder of a process, which may have been killed.
void remove_folder_of(pid_t process);

/// From now on nothing that happens to files reaches them, until `revive`: whoever writes is dead.
void freeze();
void revive();
/// Undoes what was written and not synced, of each file all after some point that the dice choose.
void lose_power(Dice& dice);
/// All writes fail for want of room while it is set.
void set_full(bool full);

}  // namespace disk

}  // namespace jim
