import { expect, test } from 'vitest';
import { seededRandom } from '../../tests/support/otel.ts';
import { canonical, DnsFormatError, endOfName, isWithin, labelsOf, nameFrom, parentOf, readName } from './dns-name.ts';

const wire = (labels: readonly Uint8Array[]) =>
  Uint8Array.from([...labels.flatMap((label) => [label.length, ...label]), 0]);

test.each([
  ['the root', '.', '00'],
  ['a name without its last dot', 'tatis.test', '0574617469730474657374 00'],
  ['bytes that are no ASCII', 'caf\\195\\169.test.', '05636166c3a90474657374 00'],
  ['a dot in a label', 'a\\.b.test.', '03612e62 0474657374 00'],
  ['a dot in a label, as a number', 'a\\046b.test.', '03612e62 0474657374 00'],
  ['a backslash', 'a\\\\.test.', '02615c 0474657374 00'],
  ['a NUL, a space', '\\000\\032.test.', '020020 0474657374 00'],
  ['letters of both cases', 'TaTiS.test.', '0554615469530474657374 00'],
  ['a label of 63', `${'a'.repeat(63)}.`, `3f${'61'.repeat(63)}00`],
])('%s: text to bytes', (_, text, hex) => {
  expect(Buffer.from(wire(labelsOf(text))).toString('hex')).toBe(hex.replaceAll(' ', ''));
});

test.each([
  ['a label of 64', `${'a'.repeat(64)}.test`, 'a label of'],
  ['256 bytes', `${`${'a'.repeat(63)}.`.repeat(3)}${'b'.repeat(62)}.`, 'is longer than 255 bytes'],
  ['an empty label', 'a..test', 'has an empty label'],
  ['a byte beyond 255', 'a\\256.test', 'is not a byte'],
  ['a character that is not a byte', 'a\u0100.test', 'has a character that is not a byte'],
  ['a backslash and nothing', 'a\\', 'ends in a backslash'],
])('%s is not a name, and the error says why', (_, text, reason) => {
  expect(() => labelsOf(text)).toThrow(reason);
});

test.each([
  ['a pointer', '0474657374 00 0574617469 73c000', 6, 'tatis.test.'],
  ['a pointer to a pointer', '0474657374 00 c000 0161 c006', 8, 'a.test.'],
])('%s is followed', (_, hex, at, name) => {
  expect(readName(Buffer.from(hex.replaceAll(' ', ''), 'hex'), at)).toBe(name);
});

test.each([
  ['a pointer to itself', 'c000', 0],
  ['a pointer forward', 'c00200', 0],
  ['two that lead to each other', 'c002c000', 2],
  ['a cut label', '0561', 0],
  ['a cut pointer', 'c0', 0],
  ['bits that mean nothing', '4061', 0],
  ['nothing', '', 0],
  ['more than 255 bytes by pointers', `${`3f${'61'.repeat(63)}`.repeat(3)}00${`3f${'62'.repeat(63)}`}c000`, 193],
])('%s is not a name', (_, hex, at) => {
  expect(() => readName(Buffer.from(hex, 'hex'), at)).toThrow(DnsFormatError);
});

test('any labels come back as they were, through text and through bytes', () => {
  const random = seededRandom(1);
  for (let round = 0; round < 5000; round++) {
    const labels = Array.from({ length: random(4) }, () =>
      Uint8Array.from({ length: 1 + random(63) }, () => random(256)),
    );
    const bytes = wire(labels);
    const text = readName(bytes, 0);
    expect(endOfName(bytes, 0)).toBe(bytes.length);
    expect(wire(labelsOf(text))).toEqual(bytes);
    expect(text).toBe(nameFrom(labels));
    expect(text).toMatch(/^[!-~]*$/);
  }
});

test('only ASCII letters are the same in both cases', () => {
  expect(canonical('TaTiS.TEST')).toBe('tatis.test.');
  expect(canonical('CAF\\195\\137')).toBe('caf\\195\\137.');
  expect(canonical('\\065\\046')).toBe('a\\..');
});

test.each([
  ['a.test.', 'test.', true],
  ['atest.', 'test.', false],
  ['a\\.test.', 'test.', false],
  ['a\\\\.test.', 'test.', true],
  ['a\\\\\\.test.', 'test.', false],
  ['test.', '.', true],
])('%s is in %s: %s', (name, zone, within) => expect(isWithin(name, zone)).toBe(within));

test('the name above is found behind the first dot that is none of a label', () => {
  expect(parentOf('a\\.b.test.')).toBe('test.');
  expect(parentOf('test.')).toBe('.');
  expect(parentOf('.')).toBeUndefined();
});
