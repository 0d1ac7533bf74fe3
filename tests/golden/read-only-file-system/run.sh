jim() { "$JIM" --sandbox --sandbox-pace 0 --state disk/state.db "$@"; }
jim apply --yes --target ops >out 2>err
mount -o remount,ro disk
jim apply --yes
echo "status $?"
jim state list
jim --state disk/other.db apply --yes
