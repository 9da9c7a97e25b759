/** The reboot order. Everything is checked under the lock, recorded, and done a second later, so that the answer arrives. */
export const REBOOT_SH = String.raw`
nt_reboot_script='
sleep 1
read -r boot <"$NODETIDE_ROOT/proc/sys/kernel/random/boot_id"
[ "$boot" = "$1" ] || exit 0
'

# INSTALLATION ROLLOUT NODE ROUND EPOCH BOOT NOT_AFTER_MS, with NT_SCRIPT.
nt_reboot() {
  nt_begin "$1" "$2" "$3" "$4" "$5"
  [ "$nt_boot" = "$6" ] || nt_refuse 93 "the boot id is $nt_boot, not $6"
  nt_now
  [ "$nt_ms" -le "$7" ] || nt_refuse 94 "it is $nt_ms here, $(($nt_ms - $7)) ms after the order ended"
  b_folder=$S/reboot
  b_order="$nt_boot $5 $2 $1"
  b_last=
  [ ! -s "$b_folder/boot" ] || read -r b_last <"$b_folder/boot"
  if [ "$b_last" = "$b_order" ]; then
    nt_unlock
    printf 'already\n'
    return
  fi
  ! nt_running || nt_refuse 95 "task $nt_other runs on this host"
  ! nt_transaction || nt_refuse 95 "$nt_busy"
  rm -rf "$b_folder"
  nt_try mkdir "$b_folder"
  nt_sync "$S"
  nt_note "$b_folder/script" "$nt_reboot_script $NT_SCRIPT"
  nt_note "$b_folder/run" "$nt_wrapper set -- $nt_boot $nt_wrapper_end"
  nt_put "$b_folder/boot" "$b_order"
  nt_launch "nodetide-reboot-$5-$nt_ms" "$b_folder" || {
    rm -rf "$b_folder"
    nt_trouble "the reboot could not be ordered: $nt_said"
  }
  nt_unlock
  printf 'ordered\n'
}
`;
