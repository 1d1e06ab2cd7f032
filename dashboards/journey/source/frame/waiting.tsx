/** Says that something is loading; `isView`: a whole view is, so that this is its heading. */
export function Waiting({ says, isView = false }: { says: string; isView?: boolean }) {
  return (
    <div class="waiting" role="status">
      <svg viewBox="0 0 40 28" aria-hidden="true">
        <rect x="2" y="2" width="36" height="24" rx="3" />
        <path d="M3 4l17 13L37 4" />
      </svg>
      {isView ? <h1>{says}…</h1> : <p>{says}…</p>}
    </div>
  );
}
