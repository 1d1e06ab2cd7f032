// Where a view is written: function, file, line. V8 knows, and tells a debugger; here the process asks itself,
// once at start, through an inspector session that opens no port.

import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `file` is relative to the directory that the process runs in; `line` counts from 1. */
export type Location = { functionName: string; file: string; line: number };

const PLACE = '__waybillFunction';

/** Finds where each of `functions` is written. */
export async function locate(functions: Iterable<(...args: never[]) => unknown>): Promise<Map<unknown, Location>> {
  const session = new Session();
  session.connect();
  const files = new Map<string, string>();
  session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url));
  await session.post('Debugger.enable');

  const found = new Map<unknown, Location>();
  for (const each of functions) {
    Object.assign(globalThis, { [PLACE]: each });
    const { result } = await session.post('Runtime.evaluate', { expression: PLACE });
    const { internalProperties } = await session.post('Runtime.getProperties', { objectId: result.objectId ?? '' });
    const at = internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value;
    found.set(each, {
      functionName: each.name,
      file: toPath(files.get(at?.scriptId) ?? ''),
      line: (at?.lineNumber ?? -1) + 1,
    });
  }
  Reflect.deleteProperty(globalThis, PLACE);
  session.disconnect();
  return found;
}

function toPath(url: string): string {
  return relative('', url.startsWith('file:') ? fileURLToPath(url) : url);
}
