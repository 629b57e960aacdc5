/**
 * Which file system a path lies on, from the text of /proc/self/mountinfo.
 *
 * Postgres needs file modes and fsync that Windows and network mounts do not keep.
 */

/** Windows drives seen from WSL, and file systems without Unix file modes. */
const UNFIT_TYPES = new Set([
  '9p',
  'drvfs',
  'v9fs',
  'cifs',
  'smb3',
  'vfat',
  'exfat',
  'msdos',
  'ntfs',
  'ntfs3',
  'fuseblk',
]);

export interface Mount {
  readonly mountPoint: string;
  readonly type: string;
  readonly isReadOnly: boolean;
}

/** The mount that holds `path`, which is absolute and need not exist; null for text without a root mount. */
export function mountOf(path: string, mountinfo: string): Mount | null {
  let best: Mount | null = null;
  for (const line of mountinfo.split('\n')) {
    const mount = parseLine(line);
    // Later lines shadow earlier ones at the same point.
    if (mount && holds(mount.mountPoint, path) && mount.mountPoint.length >= (best?.mountPoint.length ?? 0))
      best = mount;
  }
  return best;
}

export function isUnfit(mount: Mount): boolean {
  return UNFIT_TYPES.has(mount.type);
}

/** `36 35 98:0 /root /mount/point rw,noatime shared:1 - ext3 /dev/root rw,errors=continue` */
function parseLine(line: string): Mount | null {
  const [left, right] = line.split(' - ');
  const fields = left?.split(' ') ?? [];
  const [type, , superOptions] = right?.split(' ') ?? [];
  const mountPoint = fields[4];
  if (mountPoint === undefined || type === undefined) return null;
  const options = `${fields[5] ?? ''},${superOptions ?? ''}`.split(',');
  return { mountPoint: unescape(mountPoint), type, isReadOnly: options.includes('ro') };
}

/** Blanks and backslashes are written in octal. */
function unescape(text: string): string {
  return text.replace(/\\(\d{3})/g, (_match, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function holds(mountPoint: string, path: string): boolean {
  return mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`);
}
