// The log files of the lab's processes: bounded, and never a reason for the lab to end. Lines that cannot be written (a full disk) are
// lost, which is reported once; every few seconds it is tried again.

import { createStream, type RotatingFileStream } from 'rotating-file-stream';

/** Each process has its log and OLDER rotated ones, of SIZE each. */
const SIZE = '5M';
const OLDER = 2;
/** Bytes that may wait for a slow disk, and that a line may have. */
const MAX_WAITING = 4_000_000;
const MAX_LINE_BYTES = 256_000;
const RETRY_MS = 5000;

export type Log = {
  /** Appends whole lines of one output (stdout or stderr), however its chunks are cut. */
  output: () => (chunk: Buffer) => void;
  close: () => void;
};

/**
 * The logs in `folder`; `report` is called once, with the reason, when one of them cannot be written.
 * `open` gives the log of that name; files are named `dns.log`, older ones `dns.log.1` and so on.
 */
export function createLogs(folder: string, report: (reason: string) => void): { open: (name: string) => Log } {
  let isReported = false;
  const trouble = ({ message }: Error) => {
    if (!isReported) report(message);
    isReported = true;
  };
  return { open: (name) => openLog(folder, `${name}.log`, trouble) };
}

function openLog(path: string, name: string, trouble: (error: Error) => void): Log {
  let stream: RotatingFileStream | undefined;
  let retryAt = 0;

  function open(): RotatingFileStream | undefined {
    if (performance.now() < retryAt) return undefined;
    const opened = createStream(name, { path, size: SIZE, rotate: OLDER, mode: 0o600 });
    opened.on('error', (error) => {
      if (stream === opened) stream = undefined;
      retryAt = performance.now() + RETRY_MS;
      trouble(error);
    });
    return opened;
  }

  const write = (lines: Buffer) => {
    stream ??= open();
    if (stream !== undefined && stream.writableLength < MAX_WAITING) stream.write(lines);
  };

  return {
    output() {
      let rest = Buffer.alloc(0);
      return (chunk) => {
        const all = Buffer.concat([rest, chunk]);
        const end = all.length > MAX_LINE_BYTES ? all.length : all.lastIndexOf('\n') + 1;
        rest = all.subarray(end);
        if (end > 0) write(all.subarray(0, end));
      };
    },
    close: () => stream?.end(),
  };
}
