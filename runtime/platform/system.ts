// The operating system, as data. What differs between systems is in this folder alone; each function takes the system, so that tests
// pass another one.
//
//               Linux                   macOS                  Windows
//   end         SIGTERM, SIGKILL        the same               a message over IPC; TerminateProcess, taskkill /T
//   reload      SIGHUP                  the same               a message over IPC
//   processes   /proc                   ps                     PowerShell (Win32_Process)
//   ports       /proc/<pid>/net/tcp     lsof                   netstat
//   CPU wait    /proc/self/schedstat    not measured           not measured
//   own files   modes 0600, 0700        the same               the access rights of the user's folder
//   sockets     Unix sockets            the same               TCP
//   a link      symbolic                symbolic               a junction to a folder, a hard link to a file

/** What `process.platform` is: linux, darwin, win32. */
export type System = NodeJS.Platform;

/** The system that this process runs on. */
export const SYSTEM: System = process.platform;

/** Whether it is Windows. */
export function isWindows(system: System = SYSTEM): boolean {
  return system === 'win32';
}
