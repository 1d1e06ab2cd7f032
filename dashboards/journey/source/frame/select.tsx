// A choice of a few, kept in a signal.

type SelectProps<T extends string | number> = {
  /** For screen readers. */
  label: string;
  value: { value: T };
  options: readonly (readonly [T, string])[];
};

export function Select<T extends string | number>({ label, value, options }: SelectProps<T>) {
  return (
    <label>
      <span class="hidden-label">{label}</span>
      <select
        value={String(value.value)}
        onChange={({ currentTarget }) => {
          value.value = (options[currentTarget.selectedIndex] as readonly [T, string])[0];
        }}
      >
        {options.map(([each, text]) => (
          <option key={each} value={String(each)}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
