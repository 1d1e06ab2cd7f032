// The numbers in the configuration of all services: what is out of range is refused, not read in another way.

import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SettingTable } from '../runtime/settings.ts';

const files = globSync('*/config.ts', { cwd: import.meta.dirname });
const tables = await Promise.all(
  files.map(
    async (file) =>
      [file, ((await import(join(import.meta.dirname, file))) as { SETTINGS: SettingTable }).SETTINGS] as const,
  ),
);

describe.each(tables)('%s', (_, settings) => {
  const numbers = Object.entries(settings).filter(([, setting]) => typeof setting.default === 'number');
  test.each(numbers)('%s', (_, { parse }) => {
    for (const text of ['-1', '1e9', '2147483648', '1.5', '0x10', 'abc', '', ' 1', 'NaN', 'Infinity']) {
      expect({ text, value: parse(text) }).toEqual({ text, value: undefined });
    }
  });
});
