import { number, plural } from '../format.ts';

export const texts = {
  noSpan: 'The file has no span in it.',
  jsonOfJaeger:
    "This is the JSON of Jaeger's page. Its API answers OTLP, which can be opened here: /api/v3/traces/<trace id>.",
  otherJson: 'This is JSON, but not of OpenTelemetry (OTLP): it has no "resourceSpans".',
  tooManySpans: (count: number, max: number) =>
    `The file has ${number(count)} spans; this page shows up to ${number(max)}.`,
  lineIs: (line: number) => `line ${number(line)} is `,
  cannotBeRead: (reason: string) => `This file cannot be read: ${reason}.`,
  openATrace: 'Open a trace from a file',
  tooLarge: (name: string, megabytes: number, max: number) =>
    `${name} has ${number(megabytes)} MB; up to ${number(max)} are read.`,
  notAnAddress: (typed: string) => `"${typed}" is not an address of the web (https://…).`,
  answeredWith: (host: string, status: number) => `The trace at ${host} cannot be read: the server answered ${status}.`,
  tooLargeAt: (host: string, max: number) => `The trace at ${host} has more than ${number(max)} MB.`,
  tooSlowAt: (host: string, seconds: number) => `The trace at ${host} did not arrive within ${number(seconds)} s.`,
  notFetched: (host: string) =>
    `The trace at ${host} cannot be fetched. Its server must be reachable, and allow other sites to read it (Access-Control-Allow-Origin).`,
  whichFiles: (
    <>
      JSON of OpenTelemetry (OTLP), as <b>Export → OTLP JSON</b>, Jaeger's API or a collector's file exporter writes it.
      Nothing is sent anywhere: the file is read in this page.
    </>
  ),
  dropAFile: (
    <>
      Drop a file here, or <u>choose one</u>
    </>
  ),
  fromTheFile: (name: string) => (
    <>
      From the file <bdi>{name}</bdi>.
    </>
  ),
  entriesLeftOut: (count: number) =>
    plural(count, {
      one: '# entry in it is not a span; it is left out.',
      other: '# entries in it are not spans; they are left out.',
    }),
  hasTraces: (count: number) => `It has ${number(count)} traces:`,
  spans: (count: number) => plural(count, { one: '# span', other: '# spans' }),
};
