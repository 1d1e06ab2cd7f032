// The textbook diagram: lifelines, messages, answers. Name servers and routers are one lifeline each until that is opened.

import { useComputed, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { texts } from '#texts/waterfall.ts';
import { serviceClass } from '../../../../traces/service-styles.ts';
import { short } from '../../../../traces/titles.ts';
import { pressed } from '../frame/pressed.ts';
import { isMedium } from '../frame/screen.ts';
import { duration } from '../layout/axis.ts';
import { foldable, folded, type Message, type Participant, sequenceOf } from '../layout/sequence.ts';
import { choose, type Journey } from './state.ts';

const LINE = 30;
const TOP = 62;

export function SequenceView({ journey }: { journey: Journey }) {
  const whole = useMemo(() => sequenceOf(journey.tree), [journey]);
  const open = useSignal<readonly string[]>([]);
  const services = foldable(whole);
  const { participants, messages, more } = folded(
    whole,
    services.filter((each) => !open.value.includes(each)),
  );
  const toggle = (service: string) => {
    open.value = open.value.includes(service)
      ? open.value.filter((each) => each !== service)
      : [...open.value, service];
  };
  const column = isMedium.value ? 92 : 128;
  const x = new Map(participants.map(({ id }, index) => [id, column / 2 + 6 + index * column]));
  const width = 40 + participants.length * column;
  const height = TOP + messages.length * LINE + 30;
  return (
    <div class="sequence" role="region" aria-label={texts.sequenceDiagram} tabIndex={0}>
      {services.length > 0 && (
        <p class="sequence-tools">
          {services.map((service) => (
            <button
              key={service}
              type="button"
              class="small"
              aria-pressed={open.value.includes(service)}
              onClick={() => toggle(service)}
            >
              {service === 'dns' ? texts.eachNameServer : texts.eachRouter}
            </button>
          ))}
        </p>
      )}
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="group"
        aria-label={texts.messagesInTheirOrder}
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto-start-reverse"
          >
            <path d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        {participants.map((participant) => (
          <Lifeline
            key={participant.id}
            participant={participant}
            x={x.get(participant.id) ?? 0}
            height={height}
            width={column - 14}
            onOpen={participant.id.startsWith('all ') ? () => toggle(participant.service) : undefined}
          />
        ))}
        {messages.map((message, index) => (
          <Arrow
            key={index}
            message={message}
            y={TOP + index * LINE + 14}
            from={x.get(message.from) ?? 0}
            to={x.get(message.to) ?? 0}
            journey={journey}
          />
        ))}
      </svg>
      {more > 0 && <p class="quiet">{texts.messagesLeftOut(more)}</p>}
    </div>
  );
}

function Lifeline({
  participant: { label, service, id },
  x,
  height,
  width,
  onOpen,
}: {
  participant: Participant;
  x: number;
  height: number;
  width: number;
  onOpen: (() => void) | undefined;
}) {
  return (
    // A button outside of the drawing does the same.
    <g
      class={`lifeline ${serviceClass(id === 'database' ? 'database' : service)} ${onOpen ? 'opens' : ''}`}
      onClick={onOpen}
    >
      <line x1={x} x2={x} y1={44} y2={height - 6} />
      <rect x={x - width / 2} y={8} width={width} height={34} rx={6} />
      <text x={x} y={29}>
        {short(label, Math.floor(width / (isMedium.value ? 6.3 : 7.3)))}
      </text>
    </g>
  );
}

type ArrowProps = { message: Message; y: number; from: number; to: number; journey: Journey };

function Arrow({ message: { kind, text, row, from: sender, to: receiver, time }, y, from, to, journey }: ArrowProps) {
  const names = useComputed(
    () =>
      `message ${kind} ${row.span.error !== null ? 'failed' : ''} ${journey.chosen.value === row.key ? 'chosen' : ''} ${journey.current.value === row.key ? 'current' : ''}`,
  );
  const isRight = to > from;
  const room = Math.max(14, Math.floor(Math.abs(to - from) / 6.6));
  // The accessible name has the words that are seen; the title has all of them.
  const seen = short(text, kind === 'self' ? 17 : room);
  const label = texts.messageAt(texts.message[kind](sender, receiver), seen, duration(time - journey.tree.start));
  return (
    <g
      class={names}
      role="button"
      tabindex={0}
      aria-label={label}
      onClick={() => choose(journey, row)}
      onKeyDown={(event) => pressed(event, () => choose(journey, row))}
    >
      <title>{label.replace(seen, () => text)}</title>
      <rect
        class="hit"
        x={Math.min(from, to) - 6}
        y={y - 18}
        width={Math.max(Math.abs(to - from) + 12, 120)}
        height={LINE - 4}
        rx={4}
      />
      {kind === 'self' ? (
        <>
          <path class="self" d={`M${from} ${y - 8}h14v12h-11`} marker-end="url(#arrow)" />
          <text x={from + 20} y={y + 2}>
            {seen}
          </text>
        </>
      ) : (
        <>
          <line x1={from} x2={to + (isRight ? -2 : 2)} y1={y} y2={y} marker-end="url(#arrow)" />
          <text class="over" x={(from + to) / 2} y={y - 5}>
            {seen}
          </text>
        </>
      )}
    </g>
  );
}
