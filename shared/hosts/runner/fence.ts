/**
 * Who has this host. `owner`: five lines (installation, rollout, node, round, epoch). `epochs`: the highest epoch seen
 * of each rollout, kept after it let go, so that a worker that wakes late is still refused.
 */
export const FENCE_SH = String.raw`
nt_owner() {
  o_installation= o_rollout= o_node= o_round= o_epoch=
  [ -s "$S/owner" ] || return 1
  {
    IFS= read -r o_installation
    IFS= read -r o_rollout
    IFS= read -r o_node
    IFS= read -r o_round
    IFS= read -r o_epoch
  } <"$S/owner"
}

nt_seen_epoch() {
  nt_seen=0
  [ -s "$S/epochs" ] || return 0
  while read -r e_epoch e_rollout e_installation; do
    [ "$e_rollout $e_installation" != "$2 $1" ] || nt_seen=$e_epoch
  done <"$S/epochs"
}

nt_keep_epoch() {
  nt_old=
  [ ! -s "$S/epochs" ] || nt_old=$(grep -v -F -x "$nt_seen $2 $1" "$S/epochs" | tail -n 49)
  if [ -n "$nt_old" ]; then
    nt_put "$S/epochs" "$nt_old
$5 $2 $1"
  else
    nt_put "$S/epochs" "$5 $2 $1"
  fi
}

# INSTALLATION ROLLOUT NODE ROUND EPOCH: takes the lock, and the host; refuses who may not.
nt_begin() {
  nt_lock
  if nt_owner && [ "$o_installation $o_rollout" != "$1 $2" ]; then
    nt_refuse 91 "installation $o_installation, rollout $o_rollout has this host (as node $o_node)"
  fi
  if [ -n "$o_node" ] && [ "$o_node" != "$3" ]; then
    nt_refuse 91 "this rollout already has this host, as node $o_node"
  fi
  nt_seen_epoch "$1" "$2"
  [ "$5" -ge "$nt_seen" ] || nt_refuse 92 "epoch $5 is older than $nt_seen"
  [ "$5" = "$nt_seen" ] || nt_keep_epoch "$@"
  [ "$o_node $o_round $o_epoch" = "$3 $4 $5" ] || nt_put "$S/owner" "$1
$2
$3
$4
$5"
}

nt_own() {
  nt_begin "$@"
  nt_unlock
  printf 'owned\n'
}

nt_disown() {
  nt_lock
  if nt_owner && [ "$o_installation $o_rollout $o_node" = "$1 $2 $3" ] && [ "$5" -ge "$o_epoch" ]; then
    nt_seen_epoch "$1" "$2"
    [ "$5" = "$nt_seen" ] || nt_keep_epoch "$@"
    nt_try rm -f "$S/owner"
  fi
  nt_unlock
  printf 'disowned\n'
}
`;
