// The certificate chain of a TLS handshake, the site's first, as a table.

import { texts } from '#texts/card.tsx';
import { ATTR_TLS_CHAIN } from '../../../../otel/contract/names.ts';
import type { Values } from '../../../../traces/model.ts';
import { Section } from './section.tsx';

/** Nothing on a span that has no chain, or one that is not written as the contract says. */
export function Chain({ attributes }: { attributes: Values }) {
  const lines = attributes[ATTR_TLS_CHAIN];
  if (!Array.isArray(lines)) return null;
  const certificates = lines.map((line) => String(line).split(' · '));
  return (
    <Section title={texts.whoVouchesForWhom} isOpen>
      <div class="wire-box">
        <table class="wire">
          <thead>
            <tr>
              {[texts.certificateOf, texts.signedBy, texts.from, texts.until].map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {certificates.map((cells, row) => (
              <tr key={row}>
                {cells.map((cell, column) => (
                  <td key={column}>
                    <bdi>{cell}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
