// The bytes of a PROXY protocol header, version 2, one by one (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, 2.2):
//
//   0–11 signature · 12 version and command · 13 family · 14–15 length · addresses and ports · fields: type, length, value

type Field = { start: number; end: number; part: string; name: string; value: string };

const TYPES: Record<number, string> = {
  1: 'ALPN',
  2: 'authority',
  3: 'CRC-32C',
  4: 'padding',
  224: "the trace's context",
  225: 'offices that may still come',
};

/** The fields of a header, side by side from the first byte to the last; what can't be read is one last range that says so. */
export function proxyHeaderFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const take = (length: number, part: string, name: string, says: (taken: number[]) => string) => {
    const end = Math.min(at + length, bytes.length);
    if (end > at) fields.push({ start: at, end, part, name, value: says([...bytes.slice(at, end)]) });
    at = end;
  };
  take(12, '', 'signature', () => 'a PROXY header, version 2, begins');
  take(1, '', 'version and command', ([byte = 0]) => `version ${byte >> 4}, ${byte & 1 ? 'PROXY' : 'LOCAL'}`);
  take(
    1,
    '',
    'family',
    ([byte = 0]) => ({ 17: 'TCP over IPv4', 33: 'TCP over IPv6' })[byte] ?? `0x${byte.toString(16)}`,
  );
  take(2, '', 'length', (taken) => `${number(taken)} bytes follow`);
  const size = bytes[13] === 0x11 ? 4 : bytes[13] === 0x21 ? 16 : 0;
  for (const whose of ['source', 'destination']) take(size, '', `${whose} address`, address);
  for (const whose of ['source', 'destination'])
    take(size ? 2 : 0, '', `${whose} port`, (taken) => String(number(taken)));
  while (at + 3 <= bytes.length) {
    const type = bytes[at] as number;
    const length = number([...bytes.slice(at + 1, at + 3)]);
    const part = TYPES[type] ?? `field 0x${type.toString(16)}`;
    take(1, part, 'type', () => `0x${type.toString(16)}`);
    take(2, part, 'length', () => String(length));
    take(length, part, 'value', (taken) =>
      type === 0xe1 ? String(number(taken)) : taken.map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    );
  }
  take(bytes.length - at, '', 'behind the end', () => 'not readable');
  return fields;
}

function number(bytes: number[]): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function address(bytes: number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  return (
    bytes
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
      .match(/.{4}/g) ?? []
  ).join(':');
}
