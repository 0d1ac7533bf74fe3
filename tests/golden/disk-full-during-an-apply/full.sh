jim() { "$JIM" --sandbox --sandbox-pace 0 --state disk/state.db "$@"; }
dd if=/dev/zero of=disk/filler bs=1k count=1848 2>/dev/null
jim apply --yes >out 2>err
echo "status $?"
tail -n 1 out
grep -v '^\[' err | head -n 6 >&2
rm disk/filler
# what stands is known: nothing is made twice
jim apply --yes >out 2>err
echo "status $?"
tail -n 1 out | sed 's/ in .*//'
jim state list | grep -c '^web'
jim plan --detailed-exitcode
