import { expect, test } from 'vitest';
import { authority, endpoint } from './endpoint.ts';

test.each([
  ['127.0.0.1:8180', { host: '127.0.0.1', port: 8180 }],
  ['dns:1053', { host: 'dns', port: 1053 }],
  ['[::1]:8180', { host: '::1', port: 8180 }],
  ['a.b-c_d:65535', { host: 'a.b-c_d', port: 65535 }],
])('%s is read, and written again as it was', (text, read) => {
  expect(endpoint(text)).toEqual(read);
  expect(authority(read)).toBe(text);
});

test.each(['', ':80', 'dns', 'dns:0', 'dns:65536', 'dns:80x', '::1:80', '[::1]', '[dns]:80', '[]:80', 'a b:80'])(
  '%j is not an endpoint',
  (text) => {
    expect(endpoint(text)).toBeUndefined();
  },
);
