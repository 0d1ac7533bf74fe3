sed -i 's/    identity: \[name\]/&\n    visible_within: 1m/' acme.yaml
"$GOLDEN/ahead" +10m "$JIM" apply --yes --target web >out 2>err
# web2 is written later than web, by any clock
sleep 1.1
# The answer to the second creation is lost, so that it is looked for.
"$GOLDEN/ahead" +10m "$JIM" apply --yes >out 2>err &
until "$JIM" state list 2>/dev/null | grep -q 'being made'; do sleep 0.05; done
sleep 0.5
kill -KILL $!
wait $! 2>/dev/null
sed -i 's/visible_within: 1m/visible_within: 2s/' acme.yaml
