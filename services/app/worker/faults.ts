// Ways for a worker to go wrong in the middle of a request, when the gateway's control port has ordered one (its header
// waybill-order; a client's own is never passed on). The fix of each: DELETE /faults there.

const FAULTS = new Map<string, () => void>(
  Object.entries({
    /** A defect that nobody catches: the process says what it still can, and ends. */
    crash: () =>
      process.nextTick(() => {
        throw new Error('This worker was told to crash (waybill-order)');
      }),
    /** What `kill -9` or a machine without memory does: the process says nothing more. */
    kill: () => process.kill(process.pid, 'SIGKILL'),
    /** A loop without an end: the process lives, but does nothing more. */
    stuck: () => {
      for (;;);
    },
  }),
);

/** Goes wrong as `fault` says; nothing for undefined or an unknown one. */
export function goWrong(fault: string | string[] | undefined): void {
  FAULTS.get(String(fault))?.();
}
