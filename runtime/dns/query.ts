// A query as its sender writes it, and whether a message answers it: the answer must repeat id and question exactly,
// which, with a new source port each time, makes forging one hard (RFC 5452).

import { randomInt } from 'node:crypto';
import { CLASS_IN, HEADER } from '../../otel/propagation/dns-numbers.ts';
import { isReply, questionAt, rcodeOf } from './message.ts';
import { encodeOpt, type Option } from './opt.ts';
import { Writer } from './writer.ts';

export type Question = {
  /** As text, absolute or not. */
  name: string;
  /** The code of a type: 1 for A. */
  type: number;
  /** Whether recursion is desired (RD); without it, the server answers from its own data only. */
  recursionDesired: boolean;
  options: readonly Option[];
};

/** The query as bytes, with an id of its own. Throws DnsFormatError when the name is none. */
export function encodeQuery({ name, type, recursionDesired, options }: Question): Buffer {
  const writer = new Writer();
  const [questions, opts] = [1, 1];
  for (const field of [randomInt(0x10000), recursionDesired ? 0x0100 : 0, questions, 0, 0, opts]) writer.uint16(field);
  writer.name(name);
  writer.uint16(type);
  writer.uint16(CLASS_IN);
  writer.raw(encodeOpt({ options }));
  return Buffer.from(writer.bytes());
}

/** Whether `message` answers `query`. One that could not be read may come back without its question (FORMERR). */
export function isAnswerTo(query: Buffer, message: Buffer): boolean {
  if (message.length < HEADER || message.readUInt16BE(0) !== query.readUInt16BE(0) || !isReply(message)) return false;
  if (message.readUInt16BE(4) === 0) return rcodeOf(message) !== 0;
  const { end } = questionAt(query, HEADER);
  return message.readUInt16BE(4) === 1 && message.subarray(HEADER, end).equals(query.subarray(HEADER, end));
}
