// A part of a card that opens and closes.

import type { ComponentChildren } from 'preact';

export function Section({
  title,
  children,
  isOpen = false,
}: {
  title: ComponentChildren;
  children: ComponentChildren;
  isOpen?: boolean;
}) {
  return (
    <details class="card-section" open={isOpen}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
