// The bytes of a message beside the fields that they encode; the field under the pointer is marked in both.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { texts } from '#texts/card.tsx';
import { wireFields } from '../../../../traces/wire/fields.ts';
import { RawText } from './raw-text.tsx';

export function FieldMap({ name, hex }: { name: string; hex: string }) {
  const fields = useMemo(() => wireFields(name, hex) ?? [], [name, hex]);
  const on = useSignal(-1);
  if (fields.length === 0) return <RawText text={hex} />;
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
              <th scope="col">{texts.byte}</th>
              <th scope="col">{texts.field}</th>
              <th scope="col">{texts.says}</th>
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
