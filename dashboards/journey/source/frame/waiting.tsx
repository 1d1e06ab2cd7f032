// Something is on its way.

export function Waiting({ says }: { says: string }) {
  return (
    <p class="waiting" role="status">
      <svg viewBox="0 0 40 28" aria-hidden="true">
        <rect x="2" y="2" width="36" height="24" rx="3" />
        <path d="M3 4l17 13L37 4" />
      </svg>
      {says}…
    </p>
  );
}
