// A switch of how something is shown, kept in a signal.

import type { Signal } from '@preact/signals';

type ToggleProps = { label: string; isOn: Signal<boolean>; class: 'button' | 'small'; title?: string };

export function Toggle({ label, isOn, ...rest }: ToggleProps) {
  return (
    <button {...rest} type="button" aria-pressed={isOn} onClick={() => (isOn.value = !isOn.peek())}>
      {label}
    </button>
  );
}
