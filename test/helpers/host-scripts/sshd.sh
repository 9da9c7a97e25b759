# Runs "$@" (sshd). As root, sshd insists on a user of its own; where there is none, it sees one in a private mount.
if [ "$(id -u)" != 0 ] || grep -q '^sshd:' /etc/passwd; then exec "$@"; fi
exec unshare --mount /bin/sh -c '
  passwd=$1
  shift
  { cat /etc/passwd && echo "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin"; } >"$passwd" &&
    mount --bind "$passwd" /etc/passwd && exec "$@"
' sh "$HOST/passwd" "$@"
