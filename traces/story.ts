// The journey in sentences, with the names and times of a real trace, in the order in which things began. Each sentence belongs
// to its span. What the contract's sentence says of every such span, these say of this one.

import { shownAddress, type TraceSpan, type Value } from './model.ts';
import { own } from './own.ts';

export type Sentence = { text: string; spanId: string };

type Teller = (span: TraceSpan, about: About) => string;
/** What a sentence may need of the spans around. */
type About = { children: readonly TraceSpan[]; parent: TraceSpan | undefined };

/** Tells `spans` (one trace); spans that are not the lab's own are passed over. */
export function storyOf(spans: readonly TraceSpan[]): Sentence[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const children = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId ?? '');
  const told = [...spans]
    .sort((a, b) => a.start - b.start)
    .flatMap((span) => {
      const about = { children: children.get(span.spanId) ?? [], parent: byId.get(span.parentSpanId ?? '') };
      const text = tellerOf(span)?.(span, about);
      return text ? [{ text, spanId: span.spanId }] : [];
    });
  const visit = spans.find(({ service, name }) => service === 'visitor' && name === 'visit');
  return visit ? [...told, { text: ending(visit), spanId: visit.spanId }] : told;
}

const TELLERS: Record<string, Record<string, Teller>> = {
  visitor: {
    visit: (span) => {
      const letter = `You write a letter: ${text(span, 'http.request.method')} ${shownAddress(text(span, 'url.full'))}.`;
      const strict = span.attributes['waybill.hsts'];
      const sealed = strict
        ? ` The site has said that it is asked under seal alone, so ${shownAddress(shown(strict))} is asked.`
        : '';
      const isKept = span.attributes['waybill.connection'] === 'kept';
      const kept = isKept ? ' The connection to the site is still open, so nothing is looked up.' : '';
      return letter + sealed + kept;
    },
    'DNS lookup': (span) => `Your computer asks the phonebook where ${text(span, 'dns.question.name')} lives.`,
    connect: (span) => {
      const where = `${text(span, 'server.address')}, port ${text(span, 'server.port')}`;
      if (span.error !== null) return `A way to ${where} is looked for, but nobody opens (${failure(span)}).`;
      const through = span.attributes['waybill.way'] === 'offices' ? ', from post office to post office' : '';
      return `A way to ${where} is opened${through} (${time(span)}).`;
    },
    'TLS handshake': (span) => {
      if (span.error !== null)
        return `You want to agree on a seal, but it does not hold (${failure(span)}): nothing is sent.`;
      const trips = count(Number(span.attributes['waybill.tls.round_trips'] ?? 0), 'time');
      const how = `TLS ${text(span, 'tls.protocol.version')}, ${trips} there and back, ${time(span)}`;
      if (span.attributes['tls.resumed'] === true) return `You take up the seal of an earlier letter again (${how}).`;
      const [first = ''] = list(span.attributes['waybill.tls.chain']);
      const [whose, signer] = first.split(' · ');
      return `You and the web server agree on a seal (${how}): its certificate is for ${whose}, and ${signer} vouches for it.`;
    },
    '': (span) => {
      if (span.attributes['http.response.status_code'] !== undefined)
        return 'Your letter is sent, and you wait for the answer.';
      return `Your letter is sent, but no answer comes (${failure(span)}).`;
    },
  },
  dns: {
    resolve: (span) => {
      const [answer] = list(span.attributes['dns.answers']);
      const cache: Record<string, string> = {
        hit: `The phonebook remembers it: ${answer ?? text(span, 'waybill.dns.response_code')}. Nobody else need be asked.`,
        miss: 'The phonebook does not remember the name; it asks, from the root down.',
        partial: 'The phonebook remembers a part of the way: it knows whom to ask next.',
        joined: 'Somebody asks the phonebook for the same name just now; this question waits for that answer.',
      };
      return own(cache, text(span, 'waybill.dns.cache')) ?? 'The phonebook is asked, and told not to ask others.';
    },
    ask: (span, { children }) => {
      const whom = `${zone(span)} (${text(span, 'server.address')})`;
      return span.error !== null && children.length === 0
        ? `It asks ${whom}, but no answer comes: ${failure(span)}.`
        : `It asks ${whom}.`;
    },
    answer: (span) => {
      const kinds: Record<string, string> = {
        referral: 'It does not know the address, but it knows who does (a referral).',
        answer: 'It knows: here is the address.',
        nxdomain: 'There is no such name, it says (NXDOMAIN).',
        nodata: 'The name is there, it says, but it has no address.',
        refused: 'It refuses to answer.',
      };
      return own(kinds, text(span, 'waybill.dns.answer_kind')) ?? 'It answers.';
    },
  },
  router: {
    forward: (span) => {
      const office = text(span, 'service.instance.id');
      const closed = span.events.filter(
        ({ attributes }) => attributes.outcome !== undefined && attributes.outcome !== 'open',
      );
      const around = closed
        .map(({ attributes }) => `${shown(attributes.next_hop)} does not open (${shown(attributes.outcome)}); `)
        .join('');
      if (span.error !== null) return `Post office ${office}: ${around}it finds no way on (${failure(span)}).`;
      const next = text(span, 'waybill.router.next_hop');
      if (next === 'mailbox') return `Post office ${office} puts the letter into the mailbox.`;
      return `Post office ${office}: ${around}it passes the letter on to ${next}: ${text(span, 'waybill.router.why')}.`;
    },
  },
  proxy: {
    location: (span) =>
      `${span.events.length > 0 ? `It goes through its rules: of ${count(span.events.length, 'rule')} tried,` : 'Before it goes through its rules,'} “${text(span, 'waybill.location.rule')}” wins (${text(span, 'waybill.location.reason')}). So it is ${text(span, 'waybill.location.kind')}.`,
    'TLS handshake': (span) => {
      if (span.error !== null) return `The web server shakes no hands: ${failure(span)}.`;
      return span.attributes['tls.resumed'] === true
        ? 'The web server knows the seal, and shows no certificate again.'
        : 'The web server shows its certificate, and both have a secret that nobody on the way knows.';
    },
    'static file': (span) => {
      const file = span.attributes['file.path'];
      const outcome = text(span, 'waybill.file.outcome');
      if (file === undefined) return `The file is looked for on its own shelf: ${outcome}.`;
      return `A static file: it takes ${shown(file)} (${text(span, 'file.size')} bytes, ${text(span, 'waybill.file.encoding')}) from its own shelf: ${outcome}. No worker is asked.`;
    },
    '': (span) => {
      if (span.kind === 1) return `The web server opens the letter and reads the address: ${text(span, 'url.path')}.`;
      return 'Somebody must write an answer: it hands the letter to the app server.';
    },
  },
  gateway: {
    queue: (span) => {
      if (span.error !== null) return `No worker takes the letter: ${failure(span)}.`;
      const depth = Number(span.attributes['waybill.queue.depth'] ?? 0);
      return depth === 0 && span.duration < 2
        ? 'Nobody waits before it: a worker is free.'
        : `It waits ${time(span)} for a free worker; ${count(depth, 'letter')} waited before it.`;
    },
    '': (span) => {
      if (span.kind === 1) return 'The app server takes the letter in.';
      const resent = span.attributes['http.request.resend_count'] ? ', once more,' : '';
      const given = `It gives the letter${resent} to worker ${text(span, 'waybill.worker.id')} (process ${text(span, 'waybill.worker.pid')}).`;
      const isLost = span.error !== null && span.attributes['http.response.status_code'] === undefined;
      return isLost ? `${given} That does not end well: ${failure(span)}.` : given;
    },
  },
  app: {
    middleware: (span) => {
      const whose = span.attributes['user.name'] === undefined ? '' : ` It is from ${text(span, 'user.name')}.`;
      return `The clerk “${span.name.replace('middleware ', '')}” looks at it (${text(span, 'waybill.middleware.phase')}).${whose}`;
    },
    urlresolver: (span) => {
      const route = span.attributes['http.route'];
      const tried = count(span.events.length, 'pattern');
      return route === undefined
        ? `It goes down the list of ${tried}: none fits.`
        : `It goes down the list of patterns; number ${span.events.length} fits: “${shown(route)}”.`;
    },
    view: (span) => {
      const written = `The view ${span.name.replace('view ', '')} (${text(span, 'code.file.path')}, line ${text(span, 'code.line.number')})`;
      return span.error === null ? `${written} writes the answer.` : `${written} fails: ${failure(span)}.`;
    },
    permission: (span) => {
      const isAllowed = span.attributes['waybill.permission.allowed'] === true;
      return `Is that allowed (${span.name.replace('permission ', '')})? ${isAllowed ? 'Yes' : 'No'}: ${text(span, 'waybill.permission.reason')}.`;
    },
    template: (span) => `${text(span, 'waybill.template.name')} is filled in for you (${time(span)}).`,
    '': (span) => {
      if ('db.system.name' in span.attributes) {
        const rows = count(Number(span.attributes['db.response.returned_rows'] ?? 0), 'row');
        const came = span.error === null ? `${rows} came back (${time(span)})` : failure(span);
        return `The database is asked: ${span.name}; ${came}.`;
      }
      if (span.kind !== 1) return '';
      if (span.error !== null && span.attributes['http.response.status_code'] === undefined) {
        return `The worker reads the letter and ends in the middle of it: ${failure(span)}.`;
      }
      return 'The worker reads the letter and calls the framework.';
    },
  },
};

function tellerOf({ service, name }: TraceSpan): Teller | undefined {
  const tellers = own(TELLERS, service);
  if (tellers === undefined) return undefined;
  const [first = ''] = name.split(' ');
  return own(tellers, name) ?? own(tellers, first) ?? tellers[''];
}

function ending(visit: TraceSpan): string {
  const status = visit.attributes['http.response.status_code'];
  if (status === undefined) return `No answer comes (${failure(visit)}): it took ${time(visit)} to find that out.`;
  return `The answer is here: ${shown(status)}, after ${time(visit)}.`;
}

function zone(span: TraceSpan): string {
  const asked = text(span, 'waybill.dns.zone');
  if (asked === '.') return 'the root server';
  return `the server of ${asked}`;
}

function failure({ error, attributes }: TraceSpan): string {
  const type = attributes['error.type'];
  return error || (type === undefined ? 'it failed' : shown(type));
}

function text({ attributes }: TraceSpan, name: string): string {
  return shown(attributes[name]);
}

function shown(value: Value | undefined): string {
  if (value === undefined || value === null) return '?';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function list(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(shown) : [];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function time({ duration }: TraceSpan): string {
  return duration < 100 ? `${duration.toFixed(duration < 10 ? 2 : 1)} ms` : `${duration.toFixed(0)} ms`;
}
