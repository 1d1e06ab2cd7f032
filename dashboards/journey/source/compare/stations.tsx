// The stations of two traces aligned: those of both on one line, those of one side marked.

import { useMemo } from 'preact/hooks';
import { texts } from '#texts/compare.tsx';
import { align } from '../../../../traces/alignment.ts';
import type { TraceSpan } from '../../../../traces/model.ts';
import { serviceClass } from '../../../../traces/service-styles.ts';
import { titleOf } from '../../../../traces/titles.ts';
import { ServiceSign, signOf } from '../frame/services.tsx';
import { difference, duration } from '../layout/axis.ts';

const MAX_STATIONS = 2000;

type Props = { a: readonly TraceSpan[]; b: readonly TraceSpan[]; links: readonly [string, string]; longer: number };

export function Stations({ a, b, links, longer }: Props) {
  const stations = useMemo(() => align(a, b), [a, b]);
  const only = {
    left: stations.filter((station) => station.b === null).length,
    right: stations.filter((station) => station.a === null).length,
  };
  return (
    <>
      <p class="quiet">{texts.stationsOf(stations.length - only.left - only.right, only)}</p>
      <div class="scrolling-table" role="region" aria-label={texts.stationsOfBoth} tabIndex={0}>
        <table class="stations">
          <thead>
            <tr>
              <th scope="col">{texts.station}</th>
              <th scope="col">{texts.left}</th>
              <th scope="col">{texts.right}</th>
              <th scope="col">{texts.difference}</th>
              <th scope="col">
                <span class="hidden-label">{texts.bar}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {stations.slice(0, MAX_STATIONS).map((station, index) => (
              <StationLine key={index} {...station} links={links} longer={longer} />
            ))}
          </tbody>
        </table>
      </div>
      {stations.length > MAX_STATIONS && <p class="quiet">{texts.stationsLeftOut(stations.length - MAX_STATIONS)}</p>}
    </>
  );
}

type LineProps = {
  a: TraceSpan | null;
  b: TraceSpan | null;
  follows: boolean[];
  links: readonly [string, string];
  longer: number;
};

function StationLine({ a, b, follows, links, longer }: LineProps) {
  const span = a ?? b;
  if (span === null) return null;
  const which = a === null ? 'only-right' : b === null ? 'only-left' : 'both';
  const change = a && b ? b.duration - a.duration : 0;
  return (
    <tr class={`${which} ${serviceClass(signOf(span))}`}>
      <th scope="row">
        <span class="station-name" style={{ paddingInlineStart: `${Math.min(follows.length, 14) * 0.85}rem` }}>
          <ServiceSign service={signOf(span)} />
          <bdi>{titleOf(span)}</bdi>
          {which !== 'both' && <small class="tag">{which === 'only-left' ? texts.onlyLeft : texts.onlyRight}</small>}
        </span>
      </th>
      <td>{a ? <a href={`/traces/${links[0]}?span=${a.spanId}`}>{duration(a.duration)}</a> : '·'}</td>
      <td>{b ? <a href={`/traces/${links[1]}?span=${b.spanId}`}>{duration(b.duration)}</a> : '·'}</td>
      <td class={change > 0 ? 'slower' : 'quicker'}>{a && b ? difference(change) : ''}</td>
      <td class="change" aria-hidden="true">
        {a && b && (
          <i
            class={change > 0 ? 'more' : 'less'}
            style={{
              width: `${Math.min(50, (50 * Math.abs(change)) / longer)}%`,
              [change > 0 ? 'left' : 'right']: '50%',
            }}
          />
        )}
      </td>
    </tr>
  );
}
