jim() { "$JIM" --sandbox --sandbox-pace 0 --state disk/state.db "$@"; }
jim apply --yes --target ops >out 2>err
dd if=/dev/zero of=disk/filler bs=1k count=1000 2>/dev/null
jim apply --yes
echo "status $?"
jim plan
echo "status $?"
rm disk/filler
jim state list
jim apply --yes
jim plan --detailed-exitcode
