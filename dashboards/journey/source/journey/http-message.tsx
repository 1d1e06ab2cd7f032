// The request and its response, in a dialog: to, from, time, the head as it was sent, its bytes, and the page itself.

import { useEffect, useMemo, useRef } from 'preact/hooks';
import { texts } from '#texts/card.tsx';
import { findSpec, proxy, visitor } from '../../../../otel/contract/index.ts';
import { ATTR_HTTP_REQUEST_HEAD, ATTR_HTTP_RESPONSE_HEAD } from '../../../../otel/contract/names.ts';
import { requestMoments } from '../../../../traces/map/moments.ts';
import type { TraceSpan } from '../../../../traces/model.ts';
import { endOf } from '../../../../traces/segments.ts';
import { valueText } from '../../../../traces/titles.ts';
import type { Tree } from '../../../../traces/tree.ts';
import { previewOf } from '../api.ts';
import { Tabs } from '../frame/tabs.tsx';
import { RawText } from './raw-text.tsx';
import type { Journey } from './state.ts';

const SIDES = { request: texts.yourRequest, answer: texts.theAnswer } as const;
export type Side = keyof typeof SIDES;

/** The span whose request and response are shown: the visitor's, or the web server's where that begins the trace. */
export function requestSpan({ nodes }: Tree): TraceSpan | undefined {
  const spanOf = (spec: object) => nodes.find(({ span }) => findSpec(span) === spec)?.span;
  return spanOf(visitor.request) ?? spanOf(proxy.server);
}

/** The request or response as a dialog; nothing while none is open. */
export function HttpMessageDialog({ journey }: { journey: Journey }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const side = journey.openMessage.value;
  const span = useMemo(() => requestSpan(journey.tree), [journey]);
  useEffect(() => {
    if (side !== null && !dialog.current?.open) dialog.current?.showModal();
  }, [side]);
  if (side === null || span === undefined) return null;
  return (
    <dialog
      ref={dialog}
      class="sheet paper"
      aria-label={SIDES[side]}
      onClose={() => {
        journey.openMessage.value = null;
      }}
    >
      <Tabs
        label={texts.messages}
        tabs={SIDES}
        chosen={side}
        onChoose={(name) => {
          journey.openMessage.value = name;
        }}
      />
      <div role="tabpanel" id={`panel-${side}`} aria-labelledby={`tab-${side}`}>
        <HttpMessage journey={journey} span={span} side={side} />
      </div>
      <form method="dialog">
        <button type="submit" class="button">
          {texts.close}
        </button>
      </form>
    </dialog>
  );
}

function HttpMessage({ journey, span, side }: { journey: Journey; span: TraceSpan; side: Side }) {
  const { sent = span.start, firstByte = endOf(span) } = requestMoments(span);
  const head = span.attributes[side === 'request' ? ATTR_HTTP_REQUEST_HEAD : ATTR_HTTP_RESPONSE_HEAD];
  if (head === undefined) return <p class="quiet">{side === 'request' ? texts.headNotInTrace : texts.noAnswerCame}</p>;
  const site = addressOf(journey.tree, span);
  const [to, from] = side === 'request' ? [site, texts.youWithBrowser] : [texts.you, site];
  const bytes = new TextEncoder().encode(String(head));
  return (
    <>
      <dl class="message-lines">
        <dt>{texts.to}</dt>
        <dd>
          <bdi>{to}</bdi>
        </dd>
        <dt>{texts.from}</dt>
        <dd>
          <bdi>{from}</bdi>
        </dd>
        <dt>{texts.postmark}</dt>
        <dd>{timeOf(side === 'request' ? sent : firstByte)}</dd>
      </dl>
      <RawText text={String(head)} />
      <details class="card-section">
        <summary>{texts.bytes(bytes.length)}</summary>
        <RawText text={[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')} />
      </details>
      {side === 'answer' && <Body traceId={journey.traceId} />}
    </>
  );
}

/** The body: a page in a sandboxed frame without scripts; other text as it is. */
function Body({ traceId }: { traceId: string }) {
  const preview = previewOf(traceId);
  if (!preview) return <p class="quiet">{texts.pageNotInTrace}</p>;
  if (!preview.contentType.includes('html')) return <RawText text={preview.text} />;
  const page = new DOMParser().parseFromString(preview.text, 'text/html');
  for (const loaded of page.querySelectorAll('script, style, link, img, .skip, a[href^="#"]')) loaded.remove();
  return <iframe class="message-page" title={texts.thePage} sandbox="" srcdoc={page.documentElement.outerHTML} />;
}

/** `tatis.test: 203.0.113.10, port 80`; without the address where none was looked up for this request. */
function addressOf({ nodes }: Tree, { attributes }: TraceSpan): string {
  const name = valueText(attributes['server.address']);
  const connected = nodes.find(({ span }) => findSpec(span) === visitor.connect)?.span.attributes;
  const { 'server.address': address, 'server.port': port } = connected ?? attributes;
  const where = address === undefined || address === name ? '' : `: ${valueText(address)}`;
  return `${name}${where}${port === undefined ? '' : `, ${texts.port(valueText(port))}`}`;
}

function timeOf(moment: number): string {
  const date = new Date(moment);
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${date.toLocaleString(texts.dates, { dateStyle: 'medium', timeStyle: 'medium' })}.${milliseconds}`;
}
