/** By their numbers in linux/capability.h. */
const NAMES = (
  "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable " +
  "net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio " +
  "sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time " +
  "sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog " +
  "wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore"
).split(" ");

/** The lengths of the value by its version, as linux/capability.h has them. */
const LENGTHS: Record<number, number> = { 1: 12, 2: 20, 3: 24 };

/**
 * A `security.capability` value as getcap writes it, as in `cap_net_raw=ep`; undefined for a value
 * that the kernel would not take.
 */
export function capabilities(value: Uint8Array): string | undefined {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  if (view.byteLength < 4) return undefined;
  const magic = view.getUint32(0, true);
  const version = magic >>> 24;
  if (LENGTHS[version] !== view.byteLength) return undefined;
  const effective = (magic & 1) !== 0;
  const groups = new Map<string, string[]>();
  for (let word = 0; word < (version === 1 ? 1 : 2); word += 1) {
    const permitted = view.getUint32(4 + word * 8, true);
    const inheritable = view.getUint32(8 + word * 8, true);
    for (let bit = 0; bit < 32; bit += 1) {
      const may = ((permitted >>> bit) & 1) !== 0;
      const inherits = ((inheritable >>> bit) & 1) !== 0;
      if (!may && !inherits) continue;
      const number = word * 32 + bit;
      const flags = `${effective ? "e" : ""}${inherits ? "i" : ""}${may ? "p" : ""}`;
      const group = groups.get(flags) ?? [];
      group.push(`cap_${NAMES[number] ?? number}`);
      groups.set(flags, group);
    }
  }
  const text = [...groups].map(([flags, names]) => `${names.join(",")}=${flags}`).join(" ");
  const root = version === 3 ? view.getUint32(20, true) : 0;
  return root === 0 ? text || "=" : `${text || "="} [rootid=${root}]`;
}
