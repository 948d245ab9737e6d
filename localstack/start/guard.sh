# Outlives the supervisor by a few seconds. Its arguments are the process groups that run now, and then each line on stdin
# is the complete list; when stdin ends, the supervisor is gone, and every group of the last list is ended. After an
# orderly stop that list is empty.
groups=$*
while read -r line; do groups=$line; done

for group in $groups; do kill -TERM "-$group" 2>/dev/null; done
rounds=50
while [ "$rounds" -gt 0 ]; do
  left=
  for group in $groups; do kill -0 "-$group" 2>/dev/null && left="$left $group"; done
  [ -z "$left" ] && exit 0
  rounds=$((rounds - 1))
  sleep 0.1
done
for group in $left; do kill -KILL "-$group" 2>/dev/null; done
exit 0
