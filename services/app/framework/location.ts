// The file and line of a function. V8 gives them to a debugger: here through an inspector session of the process itself, once at
// start, without a port.

import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slashed } from '../../../runtime/platform/files.ts';

/** `file` is relative to the working directory; `line` counts from 1. */
export type Location = { functionName: string; file: string; line: number };

const GLOBAL = '__waybillFunction';

/** The location of each of `functions`. */
export async function locate(functions: Iterable<(...args: never[]) => unknown>): Promise<Map<unknown, Location>> {
  const session = new Session();
  session.connect();
  const files = new Map<string, string>();
  session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url));
  await session.post('Debugger.enable');

  const found = new Map<unknown, Location>();
  for (const each of functions) {
    Object.assign(globalThis, { [GLOBAL]: each });
    const { result } = await session.post('Runtime.evaluate', { expression: GLOBAL });
    const { internalProperties } = await session.post('Runtime.getProperties', { objectId: result.objectId ?? '' });
    const at = internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value;
    found.set(each, {
      functionName: each.name,
      file: toPath(files.get(at?.scriptId) ?? ''),
      line: (at?.lineNumber ?? -1) + 1,
    });
  }
  Reflect.deleteProperty(globalThis, GLOBAL);
  session.disconnect();
  return found;
}

function toPath(url: string): string {
  return slashed(relative('', url.startsWith('file:') ? fileURLToPath(url) : url));
}
