ulimit -f 16
"$JIM" apply --yes
echo "status $?"
