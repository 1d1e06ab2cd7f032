// What may be asked of POST /visits, checked field by field.

import type { IncomingMessage } from 'node:http';
import { BadRequest } from './errors.ts';
import type { Visit } from './visit.ts';

const MAX_BODY = 64 * 1024;
const METHODS = ['GET', 'HEAD', 'POST'];
const FIELDS = ['method', 'url', 'form', 'connection', 'cold', 'browser'];

/** A visit to make; `cold`: the phonebook forgets everything first; `browser`: whose cookies and connections (default). */
export type Order = Visit & { cold: boolean; browser: string };

/** Reads an order from a request's JSON body. Throws a BadRequest that names the field and what it takes. */
export async function readOrder(request: IncomingMessage): Promise<Order> {
  const order = parse(await read(request));
  const unknown = Object.keys(order).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) throw new BadRequest(`Unknown: ${unknown.join(', ')}. A visit has ${FIELDS.join(', ')}.`);

  const { method = 'GET', url, form, connection = 'new', cold = false, browser = 'default' } = order;
  return {
    method: oneOf('method', method, METHODS),
    url: address(url),
    connection: oneOf('connection', connection, ['new', 'kept']) as Visit['connection'],
    cold: check('cold', cold, 'true or false', typeof cold === 'boolean') as boolean,
    browser: check('browser', browser, 'a name', typeof browser === 'string') as string,
    ...(form === undefined ? {} : { form: fields(form) }),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY) throw new BadRequest('A visit takes at most 64 KiB', 413);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadRequest(`The body is not JSON: ${(error as Error).message}`);
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return check('the body', value, 'an object, such as {"url":"http://tatis.test/"}', isObject) as Record<
    string,
    unknown
  >;
}

function address(value: unknown): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  return check('url', url, 'an address, such as http://tatis.test/', url?.protocol === 'http:') as URL;
}

function fields(value: unknown): Record<string, string> {
  const isFields =
    typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string');
  return check('form', value, 'an object of strings', isFields) as Record<string, string>;
}

function oneOf(field: string, value: unknown, allowed: string[]): string {
  return check(field, value, allowed.join(', '), allowed.includes(value as string)) as string;
}

function check(field: string, value: unknown, takes: string, isRight: boolean): unknown {
  if (!isRight) throw new BadRequest(`${field} takes ${takes}`);
  return value;
}
