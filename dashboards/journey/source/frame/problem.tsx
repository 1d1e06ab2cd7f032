/** Why something could not be done, read out as it appears; nothing while `text` is empty. */
export function Problem({ text }: { text: string | null | undefined }) {
  if (!text) return null;
  return (
    <p class="card-error" role="alert">
      {text}
    </p>
  );
}
