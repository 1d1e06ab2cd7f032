// Faults of a worker during a request, which the gateway's control port requests by the header waybill-command (a client's own
// is removed). The fix of each: DELETE /faults there.

const FAULTS = new Map<string, () => void>(
  Object.entries({
    /** An uncaught exception: the process logs it and ends. */
    crash: () =>
      process.nextTick(() => {
        throw new Error('Crash requested by the gateway (waybill-command)');
      }),
    /** As `kill -9`, or the kernel when memory runs out: the process ends without a log line. */
    kill: () => process.kill(process.pid, 'SIGKILL'),
    /** An endless loop: the process is running but answers nothing. */
    stuck: () => {
      for (;;);
    },
  }),
);

/** Injects `fault`; does nothing for an unknown one. */
export function injectFault(fault: string | string[]): void {
  FAULTS.get(String(fault))?.();
}
