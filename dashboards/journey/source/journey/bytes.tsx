// Raw bytes: a DNS message with its field map, the PROXY protocol header, and heads of requests and responses as sent.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Value } from '../../../../traces/model.ts';
import { own } from '../../../../traces/own.ts';
import { wireFields } from '../../../../traces/wire/fields.ts';
import { Section } from './section.tsx';

const HEADS = ['waybill.http.request.head', 'waybill.http.response.head'];
const TITLES: Record<string, string> = {
  'waybill.dns.message.query': 'The question, byte by byte',
  'waybill.dns.message.reply': 'The reply, byte by byte',
  'waybill.http.request.head': 'The request, as it was sent',
  'waybill.http.response.head': 'The response, as it was sent',
  'waybill.proxy_header': 'The PROXY header, byte by byte',
  'waybill.tls.client_hello': 'Your hello, byte by byte',
  'waybill.tls.server_hello': 'What came back, byte by byte',
};

/** Whether an attribute holds bytes or a head. */
export function isBytes(name: string): boolean {
  return Object.hasOwn(TITLES, name);
}

export function Bytes({ name, value, says }: { name: string; value: Value; says: string | undefined }) {
  return (
    <Section title={own(TITLES, name) ?? name}>
      {says && <p class="quiet">{says}</p>}
      {HEADS.includes(name) ? <pre class="head">{String(value)}</pre> : <FieldMap name={name} hex={String(value)} />}
    </Section>
  );
}

function FieldMap({ name, hex }: { name: string; hex: string }) {
  const fields = useMemo(() => wireFields(name, hex) ?? [], [name, hex]);
  const on = useSignal(-1);
  if (fields.length === 0) return <pre class="head">{hex}</pre>;
  return (
    <>
      <p class="hex" aria-hidden="true">
        {fields.map(({ start, end }, index) => (
          <span
            key={start}
            class={`hex-field tone-${index % 5} ${on.value === index ? 'on' : ''}`}
            onMouseEnter={() => {
              on.value = index;
            }}
          >
            {hex.slice(2 * start, 2 * end).replace(/../g, '$& ')}
          </span>
        ))}
      </p>
      <div class="wire-box">
        <table class="wire fields">
          <thead>
            <tr>
              <th scope="col">byte</th>
              <th scope="col">field</th>
              <th scope="col">says</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ start, end, part, name: field, value }, index) => (
              <tr
                key={start}
                class={on.value === index ? 'on' : ''}
                onMouseEnter={() => {
                  on.value = index;
                }}
              >
                <td>{end - start > 1 ? `${start}–${end - 1}` : start}</td>
                <td>
                  <i class={`swatch tone-${index % 5}`} /> {part && `${part}: `}
                  {field}
                </td>
                <td>
                  <bdi>{value}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
