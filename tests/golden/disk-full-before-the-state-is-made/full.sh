jim() { "$JIM" --sandbox --sandbox-pace 0 --state disk/state.db "$@"; }
dd if=/dev/zero of=disk/filler bs=1k count=2000 2>/dev/null
jim apply --yes
echo "status $?"
ls -A disk
rm disk/filler
jim apply --yes
jim plan --detailed-exitcode
